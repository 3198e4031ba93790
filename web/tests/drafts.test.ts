import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DraftPatch } from '@/api/types'
import { patchOf, piecesOf } from '@/rooms/agent_desk/order_form/draft'
import { useContact } from '@/rooms/agent_desk/stores/contact'
import { MOST_DRAFTS, SAVE_EVERY_MS, useDrafts } from '@/rooms/agent_desk/stores/drafts'
import { useForm } from '@/rooms/agent_desk/stores/form'
import { useLive } from '@/rooms/agent_desk/stores/live'
import { useNotices } from '@/shell/stores/notices'
import { FakeDesk, matterOf, Refusal, saved, snapshot, view } from './desk'

const DRAFT = 'PATCH /api/contacts/{contact}/matters/{matter}/draft' as const
const own = (value: string) => ({ value, typed: true })
const away = () => new Refusal(503, { detail: '数据库暂不可用' })

describe('a draft', () => {
  let desk: FakeDesk
  const patches = (): DraftPatch[] => desk.bodies(DRAFT) as DraftPatch[]
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

  beforeEach(() => {
    vi.useFakeTimers()
    desk = new FakeDesk().open()
  })
  afterEach(() => vi.useRealTimers())

  function opened(contact = 'k') {
    const form = useForm()
    form.open(contact, '199****01')
    return form
  }
  const taken = () => desk.on(DRAFT, ({ body }) => saved((body as DraftPatch).revision + 1))

  it('keeps everything on the form: fields, 保密, 答复要点 and 办理方式, and all of it is back on another page', async () => {
    let kept = saved(0)
    desk.on(DRAFT, ({ body }) => {
      const patch = body as DraftPatch
      kept = saved(patch.revision + 1, { values: { ...kept.values, ...patch.values }, confidential: patch.confidential ?? kept.confidential, reply: patch.reply ?? kept.reply, way: patch.way ?? kept.way })
      return kept
    })
    const form = opened()
    form.typed('kind', 'consult')
    form.typed('title', '停水两天')
    form.setConfidential(true)
    form.setReply('已告知恢复时间')
    form.chooseWay('dispatch')
    await pass(SAVE_EVERY_MS)
    setActivePinia(createPinia())
    const again = opened()
    again.restore([matterOf('k', { draft: kept })], [])
    expect([again.fields.title.value, again.confidential, again.reply, again.way, again.direct]).toEqual(['停水两天', true, '已告知恢复时间', 'dispatch', false])
    expect(again.saveState).toBe('clean')
  })
  it('sends only what changed, on top of the revision it knows', async () => {
    taken()
    const form = opened()
    form.typed('title', '停水')
    expect(form.saveState).toBe('waiting')
    await pass(SAVE_EVERY_MS)
    form.setReply('稍候')
    await pass(SAVE_EVERY_MS)
    expect(patches()).toEqual([
      { revision: 0, values: { title: own('停水') }, confidential: null, reply: null, way: null },
      { revision: 1, values: {}, confidential: null, reply: '稍候', way: null },
    ])
    expect(form.saveState).toBe('saved')
  })
  it('is called unsaved while the desk is away, tried with growing pauses, and saved when it is back', async () => {
    let gone = true
    desk.on(DRAFT, () => (gone ? away() : saved(1)))
    const form = opened()
    form.typed('title', '停水')
    await pass(SAVE_EVERY_MS)
    expect([form.saveState, form.draft?.problem]).toEqual(['failed', '数据库暂不可用'])
    await pass(2000 + 4000 + 8000)
    expect(patches()).toHaveLength(4)
    await pass(60_000)
    expect(patches().length).toBeLessThan(8)
    gone = false
    await pass(30_000)
    expect([form.saveState, patches().at(-1)?.values]).toEqual(['saved', { title: own('停水') }])
  })
  it('stops trying after a refusal that does not pass by itself, and says the sentence', async () => {
    for (const status of [403, 404]) {
      desk = new FakeDesk().open().on(DRAFT, () => new Refusal(status, { detail: '这次来电由其他服务代表受理' }))
      const form = opened()
      form.typed('title', '停水')
      await pass(120_000)
      expect([form.saveState, form.draft?.problem, patches().length]).toEqual(['refused', '这次来电由其他服务代表受理', 1])
    }
  })
  it('of the contact before is kept, tried on and said when the next call comes, and never called saved', async () => {
    let gone = true
    desk.on(DRAFT, () => (gone ? away() : saved(1))).on('GET /api/contacts/{contact}', ({ path }) => view(path.contact))
    const contact = useContact()
    await contact.open('k')
    useForm().typed('title', '还没存')
    await contact.open('m')
    await pass(100)
    expect(useNotices().list.map((one) => one.text)).toEqual(['上一通来电（199****01）的草稿尚未保存，系统会继续重试。'])
    expect(useDrafts().unsaved.map((draft) => draft.contact)).toEqual(['k'])
    gone = false
    await pass(5000)
    expect([useDrafts().unsaved, patches().at(-1)?.values]).toEqual([[], { title: own('还没存') }])
  })
  it('is not replaced by a snapshot of another contact', async () => {
    desk.on(DRAFT, away).on('GET /api/contacts/{contact}', ({ path }) => view(path.contact))
    const contact = useContact()
    await contact.open('k')
    useForm().typed('title', '我写的')
    useLive().dispatch('snapshot', snapshot({ contact_view: view('m') }))
    await pass(100)
    expect(contact.current).toBe('m')
    await contact.open('k')
    expect(useForm().fields.title.value).toBe('我写的')
  })
  it('shows both texts when another page wrote into the same field, and sends the other fields meanwhile', async () => {
    const theirs = saved(7, { values: { title: own('他页的标题') } })
    desk.on('GET /api/contacts/{contact}', () => view('k', { matters: [matterOf('k', { draft: theirs })] }))
    desk.on(DRAFT, ({ body }) => ((body as DraftPatch).revision < 7
      ? new Refusal(409, { reason: 'draft-changed', detail: '', fields: { title: '另一页面已修改' } }) : saved((body as DraftPatch).revision + 1, { values: theirs.values })))
    const form = opened()
    form.typed('title', '我的标题')
    form.typed('place', '北门')
    await pass(3 * SAVE_EVERY_MS)
    expect([form.saveState, form.fields.title.value, form.conflicts.title?.theirs.value]).toEqual(['conflict', '我的标题', '他页的标题'])
    expect(patches().at(-1)).toMatchObject({ revision: 7, values: { place: own('北门') } })
    form.typed('title', '我的标题二')
    await pass(3 * SAVE_EVERY_MS)
    expect(patches().some((patch) => patch.revision >= 7 && 'title' in patch.values)).toBe(false)
    form.choose('title', 'mine')
    await pass(SAVE_EVERY_MS)
    expect([form.saveState, patches().at(-1)?.values]).toEqual(['saved', { title: own('我的标题二') }])
  })
  it('takes the other page’s text when the agent says so', async () => {
    desk.on('GET /api/contacts/{contact}', () => view('k', { matters: [matterOf('k', { draft: saved(3, { reply: '他页的答复' }) })] }))
    desk.on(DRAFT, () => new Refusal(409, { reason: 'draft-changed', detail: '', fields: { reply: '另一页面已修改' } }))
    const form = opened()
    form.setReply('我的答复')
    await pass(SAVE_EVERY_MS)
    form.choose('reply', 'theirs')
    expect([form.reply, form.saveState, useDrafts().unsaved]).toEqual(['他页的答复', 'saved', []])
  })
  it('merges other fields: untouched ones are taken, for the agent’s own words the agent is asked', async () => {
    desk.on(DRAFT, () => saved(5, { values: { district: own('云山区'), place: own('他页的地点') } }))
    const form = opened()
    form.typed('place', '我的地点')
    await pass(SAVE_EVERY_MS)
    form.typed('title', '我的')
    await pass(SAVE_EVERY_MS)
    expect([form.fields.district.value, form.fields.place.value, form.conflicts.place?.theirs.value]).toEqual(['云山区', '我的地点', '他页的地点'])
  })
  it('is not written by a page that may not write', async () => {
    taken()
    const form = opened()
    useDrafts().writing = false
    form.typed('title', '停水')
    await pass(60_000)
    expect([patches().length, form.saveState]).toEqual([0, 'waiting'])
    useDrafts().writing = true
    expect(await useDrafts().saveAll()).toBe(true)
  })
  it('beyond twenty contacts gives the oldest up and says so', async () => {
    desk.on(DRAFT, away)
    for (let at = 0; at <= MOST_DRAFTS; at++) {
      opened(`c${at}`).typed('title', '停水')
    }
    opened('last')
    expect(useDrafts().unsaved).toHaveLength(MOST_DRAFTS - 1)
    expect(useNotices().list.at(-1)?.text).toContain('未保存的草稿过多')
  })
  it('goes over the wire and back as it was', () => {
    const patch = patchOf(2, { confidential: own('yes'), way: own('direct'), reply: own('答'), title: own('题') })
    expect(piecesOf({ ...saved(3), ...patch, confidential: true, reply: '答', way: 'direct' })).toEqual({
      confidential: own('yes'), way: own('direct'), reply: own('答'), title: own('题') })
  })
})
