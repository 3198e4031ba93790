/** `?rawmic=1` switches echo, noise and gain control off for this tab (`?rawmic=0` on again), for sound tests. */
const KEY = 'hotline.rawmic'

export function rememberRawMicrophone(search = location.search): void {
  const asked = new URLSearchParams(search).get('rawmic')
  if (asked !== null) setRawMicrophone(asked === '1')
}

export const rawMicrophone = (): boolean => sessionStorage.getItem(KEY) === '1'

export function setRawMicrophone(raw: boolean): void {
  sessionStorage.setItem(KEY, raw ? '1' : '0')
}
