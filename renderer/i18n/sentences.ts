import { IntlMessageFormat } from 'intl-messageformat'
import type { ErrorData } from '../../app/contract/index.ts'
import { en, fr, type Key } from './catalogues.ts'
import { errors as enErrors } from './en/errors/index.ts'
import type { ErrorSentence } from './error-sentence.ts'
import { errors as frErrors } from './fr/errors/index.ts'
import { language, type Language } from './language.ts'
import { french } from './typography.ts'

type Params = Readonly<Record<string, string | number>>

const compiled = new Map<string, IntlMessageFormat>()

const compile = (lang: Language, id: string, source: string): IntlMessageFormat => {
  const cacheKey = `${lang}:${id}`
  let message = compiled.get(cacheKey)
  if (!message) {
    message = new IntlMessageFormat(lang === 'fr' ? french(source) : source, lang)
    compiled.set(cacheKey, message)
  }
  return message
}

const source = (lang: Language, key: Key): string => {
  const [area, name] = [key.slice(0, key.indexOf('.')), key.slice(key.indexOf('.') + 1)]
  const areas: Record<string, Record<string, string>> = lang === 'fr' ? fr : en
  return areas[area]?.[name] ?? key
}

/** The sentence of a key in the current language; ICU arguments from `params`. Components re-render with `useLanguage`. */
export const t = (key: Key, params?: Params): string => {
  const lang = language()
  return String(compile(lang, key, source(lang, key)).format(params))
}

type Elements = ReturnType<IntlMessageFormat['getAst']>
/** Of intl-messageformat's tree: `{n, number}` and `{n, plural, …}`. */
const numericTypes: readonly number[] = [2, 6]
const literalType = 0

/** What a message reads where an argument is not there: `none` in words, 0 in numbers, but for those that say it otherwise. */
const absent = (elements: Elements, found: Record<string, string | number> = {}): typeof found => {
  for (const element of elements) {
    if (!('value' in element) || Number(element.type) === literalType) continue
    found[element.value] ??= numericTypes.includes(Number(element.type)) ? 0 : 'none'
    if ('options' in element) for (const option of Object.values(element.options)) absent(option.value, found)
  }
  return found
}

/** Sentences of an error code; details it names (host, tries left…) are filled in, absent ones read as `none`. */
export const errorSentence = (error: Pick<ErrorData, 'code' | 'details'>): ErrorSentence => {
  const lang = language()
  const sentence = (lang === 'fr' ? frErrors : enErrors)[error.code]
  const details: Record<string, string | number> = { triesLeft: -1 }
  for (const [name, value] of Object.entries(error.details ?? {}))
    details[name] = typeof value === 'boolean' ? String(value) : value
  // An error is told whatever is known of it: a sentence that fails would take the window with it.
  const text = (part: keyof ErrorSentence): string => {
    const message = compile(lang, `${error.code}.${part}`, sentence[part])
    return String(message.format({ ...absent(message.getAst()), ...details }))
  }
  return { what: text('what'), safe: text('safe'), todo: text('todo') }
}
