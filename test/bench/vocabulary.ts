/** Words, people and randomness of the generated mailbox. Everything is fictitious and follows from the seed. */
export interface Draw {
  /** In [0, 1). */
  next: () => number
  below: (limit: number) => number
  /** Normal law, mean 0, deviation 1. */
  normal: () => number
  bytes: (length: number) => Buffer
}

/** xorshift128, seeded by splitmix32: quick, and the same on every machine. */
export const createDraw = (seed: number): Draw => {
  let mixed = seed >>> 0
  const mix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0
    let z = mixed
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let [a, b, c, d] = [mix(), mix(), mix(), mix() | 1]
  const word = (): number => {
    const t = a ^ (a << 11)
    a = b
    b = c
    c = d
    d = (d ^ (d >>> 19) ^ t ^ (t >>> 8)) >>> 0
    return d
  }
  const next = (): number => word() / 2 ** 32
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    bytes: (length) => {
      const words = new Uint32Array(Math.ceil(length / 4))
      for (let index = 0; index < words.length; index++) words[index] = word()
      return Buffer.from(words.buffer, 0, length)
    },
  }
}

const common =
  `le la les de du des un une et à en pour dans par sur avec sans ce cette son sa ses je vous nous il elle
  est sont a été avait présente retrouve patient patiente docteur cher confrère chère consœur merci adressé examen consultation
  traitement suivi bilan résultat compte rendu hospitalisation service urgence douleur fièvre toux tension artérielle
  glycémie créatinine hémoglobine leucocytes plaquettes cholestérol potassium sodium ferritine échographie radiographie
  scanner imagerie résonance magnétique thorax abdomen genou épaule rachis lombaire cervical poumon cœur foie rein
  rate vésicule thyroïde prostate sein ovaire utérus vessie estomac côlon œsophage prescription ordonnance posologie
  comprimé matin midi soir jours semaines mois renouvellement allergie pénicilline antécédents diabète hypertension
  asthme épilepsie migraine insuffisance rénale cardiaque respiratoire hépatique normal anormal stable amélioration
  aggravation surveillance contrôle rendez-vous vaccination grippe tétanos rappel courrier cordialement confraternellement
  bien droite gauche bilatéral antérieur postérieur supérieur inférieur discret modéré sévère absence signe lésion
  nodule kyste fracture entorse tendinite œdème épanchement infection antibiotique amoxicilline paracétamol metformine
  ramipril bisoprolol atorvastatine lévothyroxine oméprazole apixaban`.split(/\s+/)
const roots =
  `cardio gastro neuro néphro hépato pneumo dermato hémato arthro ostéo myo angio endo cysto colo rhino oto
  laryngo ophtalmo thyréo mammo splén pancréato entéro vascul chondro spondyl encéphal méning phléb artério bronch pleur
  péricard rétino kérat cholé uro gyno obstétr pédi géri psych onco radio immuno séro toxico`.split(/\s+/)
const endings =
  `logie pathie graphie scopie tomie ectomie stomie plastie algie ite ose ome émie urie plégie rragie
  sténose sclérose mégalie ptose lyse trophie génique logue logique pathique scopique centèse rraphie pexie`.split(
    /\s+/,
  )
const syllables =
  'ba bel ber bru cha cor dan del dou fa fer gar gau jou la le lon ma mar mer mon na nor pa per pi ra re ro sa sau ta ti val vi'.split(
    ' ',
  )
const given =
  'Anne Paul Léa Hugo Inès Louis Chloé Jules Emma Noé Zoé Adam Rose Léon Jade Marc Lucie Yves Aline René'.split(
    ' ',
  )

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Invented family names, all different. */
const familyNames = syllables.flatMap((one) =>
  syllables
    .slice(0, 20)
    .map((two, index) => capital(`${one}${two}${['', 'in', 'et', 'eau', 'ard'][index % 5] ?? ''}`)),
)

/** Ranked: the first words are the most frequent. Some 3,000. */
const words = [...common, ...roots.flatMap((root) => endings.map((ending) => root + ending)), ...familyNames]

const cumulated = ((): Float64Array => {
  const sums = new Float64Array(words.length)
  let sum = 0
  for (let rank = 0; rank < words.length; rank++) sums[rank] = sum += 1 / (rank + 2)
  return sums.map((value) => value / sum)
})()

/** A word by its rank's frequency (Zipf). */
export const drawWord = (draw: Draw): string => {
  const wanted = draw.next()
  let [low, high] = [0, cumulated.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cumulated[middle] ?? 1) < wanted) low = middle + 1
    else high = middle
  }
  return words[low] ?? 'bilan'
}

/** Prose of at least `length` characters in lines of some 70. */
export const drawText = (draw: Draw, length: number): string => {
  const lines: string[] = []
  let total = 0
  while (total < length) {
    let line = capital(drawWord(draw))
    while (line.length < 70) line += draw.below(14) === 0 ? ` ${draw.below(400)},` : ` ${drawWord(draw)}`
    lines.push(`${line}.`)
    total += line.length + 3
  }
  return lines.join('\r\n')
}

export interface Correspondent {
  name: string
  address: string
}

export const drawCorrespondent = (draw: Draw): Correspondent => {
  // A few write often, many seldom.
  const index = Math.floor(draw.next() ** 2 * 400)
  const family = familyNames[(index * 7) % familyNames.length] ?? 'Lebel'
  const first = given[index % given.length] ?? 'Anne'
  const plain = `${first}.${family}`.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  const domain = ['medecin', 'hopital-lilas', 'bioval', 'imagerie-demo'][index % 4] ?? 'medecin'
  return { name: `${first} ${family.toUpperCase()}`, address: `${plain}@${domain}.mssante.test` }
}

/**
 * Searches of one, two and three words in turn; every word of four letters or more, the last one cut to four letters in half of
 * them. SousPli and its peer both take every word as a prefix.
 */
export const searches = (count: number): string[] => {
  const draw = createDraw(90)
  return Array.from({ length: count }, (_, index) => {
    const chosen: string[] = []
    while (chosen.length < (index % 3) + 1) {
      const word = drawWord(draw)
      if (word.length >= 4 && !word.includes('-') && !chosen.includes(word)) chosen.push(word)
    }
    if (index % 2 === 0) chosen.push((chosen.pop() ?? '').slice(0, 4))
    return chosen.join(' ')
  })
}
