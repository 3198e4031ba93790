/** A figure's value as people read it. */
import type { Figure } from './requests'
import { t } from '@/i18n'

export function figureText(figure: Pick<Figure, 'value' | 'unit'>): string {
  if (figure.value === null) return t('app.none')
  if (figure.unit === '%') return `${figure.value.toFixed(1)}%`
  if (figure.unit === '秒') return `${figure.value.toFixed(figure.value < 60 ? 1 : 0)} ${figure.unit}`
  return `${figure.value.toLocaleString('zh-CN')} ${figure.unit}`
}
