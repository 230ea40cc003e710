/**
 * Letters of other alphabets that read as a Latin one in the usual typefaces (from Unicode's confusables, UTS 39, as far as
 * domain names and names of people go).
 */
// prettier-ignore
const alike: Readonly<Record<string, string>> = {
  // Cyrillic
  а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', ё: 'e', ѐ: 'e', ғ: 'f', ɡ: 'g', һ: 'h', і: 'i', ї: 'i', ј: 'j', к: 'k', ӏ: 'l',
  м: 'm', н: 'h', п: 'n', о: 'o', р: 'p', ԛ: 'q', г: 'r', ѕ: 's', т: 't', ц: 'u', ѵ: 'v', ԝ: 'w', ѡ: 'w', х: 'x', у: 'y', ү: 'y',
  // Greek
  α: 'a', ϲ: 'c', ε: 'e', η: 'n', ι: 'i', ϳ: 'j', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', σ: 'o', τ: 't', υ: 'u', ω: 'w', χ: 'x', γ: 'y', μ: 'u', β: 'b',
  // Armenian
  օ: 'o', ո: 'n', ս: 'u', հ: 'h', ց: 'g', զ: 'q', ռ: 'n', յ: 'j', ք: 'p',
  // Latin beyond ASCII that NFKD leaves alone
  ı: 'i', ɩ: 'i', ȷ: 'j', ɑ: 'a', ɢ: 'g', ʟ: 'l', ɴ: 'n', ᴍ: 'm', ꜱ: 's', ᴛ: 't', ᴀ: 'a', ᴇ: 'e', ł: 'l', ø: 'o', đ: 'd', ħ: 'h', ŧ: 't', ƒ: 'f', ʀ: 'r', ᴏ: 'o',
  æ: 'ae', œ: 'oe', ß: 'ss',
}

/** Latin letters and figures as they look, whatever alphabet they were written in: no accents, lower case. */
export const latinised = (text: string): string =>
  // Nearly every domain of a long list: read at once.
  plain.test(text) ? text : inLatin(text)

const plain = /^[a-z0-9 .@_-]*$/
const inLatin = (text: string): string =>
  Array.from(
    text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(),
    (letter) => alike[letter] ?? letter,
  ).join('')

/** The same for two texts that a hurried reader takes for one another: rn and m, vv and w, 0 and o, 1, l and i, 5 and s. */
export const skeleton = (text: string): string =>
  latinised(text)
    .replace(/rn/g, 'm')
    .replace(/vv/g, 'w')
    .replace(/0/g, 'o')
    .replace(/[1l|]/g, 'i')
    .replace(/5/g, 's')

const alphabets = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
]

/** Whether one word holds letters of several alphabets that look alike. */
export const mixesAlphabets = (word: string): boolean =>
  alphabets.filter((alphabet) => alphabet.test(word)).length > 1

/** Characters one does not see, that turn the text around, or that fill it with nothing. */
const unseen =
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u

/** Marks piled on one letter beyond what any language writes. */
const piledUp = /\p{Mn}{5}/u

/** Whether a name or an address holds such characters; those that build one picture of several (emoji) do not count. */
export const hasUnseen = (text: string): boolean =>
  piledUp.test(text.normalize('NFD')) ||
  unseen.test(text.replace(/(?<=\p{Extended_Pictographic}\ufe0f?)\u200d(?=\p{Extended_Pictographic})/gu, ''))
