/** Names of people who do not exist: frequent French ones, and a great many made of syllables. */
const pieces = (text: string): string[] => text.trim().split(/\s+/)

export const lastNames: readonly string[] = pieces(`
MARTIN BERNARD THOMAS PETIT ROBERT RICHARD DURAND DUBOIS MOREAU LAURENT SIMON MICHEL LEFEBVRE LEROY ROUX DAVID BERTRAND
MOREL FOURNIER GIRARD BONNET DUPONT LAMBERT FONTAINE ROUSSEAU VINCENT MULLER LEFEVRE FAURE ANDRE MERCIER BLANC GUERIN
BOYER GARNIER CHEVALIER FRANCOIS LEGRAND GAUTHIER GARCIA PERRIN ROBIN CLEMENT MORIN NICOLAS HENRY ROUSSEL MATHIEU
GAUTIER MASSON MARCHAND DUVAL DENIS DUMONT MARIE LEMAIRE NOEL MEYER DUFOUR MEUNIER BRUN BLANCHARD GIRAUD JOLY RIVIERE
LUCAS BRUNET GAILLARD BARBIER ARNAUD MARTINEZ GERARD ROCHE RENARD SCHMITT ROY LEROUX COLIN VIDAL CARON PICARD ROGER
FABRE AUBERT LEMOINE RENAUD DUMAS LACROIX OLIVIER PHILIPPE BOURGEOIS PIERRE BENOIT REY LECLERC PAYET ROLLAND LECLERCQ
GUILLAUME LECOMTE LOPEZ JEAN DUPUY GUILLOT HUBERT BERGER CARPENTIER SANCHEZ DUPUIS MOULIN LOUIS DESCHAMPS HUET VASSEUR
PEREZ BOUCHER FLEURY ROYER KLEIN JACQUET ADAM PARIS POIRIER MARTY AUBRY GUYOT CARRE CHARLES RENAULT CHARPENTIER MENARD
MAILLARD BARON BERTIN BAILLY HERVE SCHNEIDER FERNANDEZ LEGALL COLLET LEGER BOUVIER JULIEN PREVOST MILLET PERROT DANIEL
COUSIN GERMAIN BRETON BESSON LANGLOIS REMY LEVEQUE COHEN BENARD TRAN NGUYEN SAINT-MARTIN LE-GOFF DE-LA-TOUR D’HAUTEFEUILLE
`)

export const firstNames: readonly string[] = pieces(`
Marie Jean Pierre Michel André Philippe Nathalie Isabelle Sylvie Catherine Françoise Jacqueline Anne Monique Nicolas
Christophe Laurent Stéphane Frédéric David Olivier Julien Sébastien Éric Pascal Thierry Véronique Sandrine Céline Valérie
Sophie Christine Martine Élodie Émilie Julie Camille Léa Manon Chloé Emma Inès Sarah Laura Pauline Mathilde Marine Lucie
Thomas Alexandre Antoine Maxime Kévin Romain Clément Florian Anthony Vincent Guillaume Benoît Mathieu Jérôme Cédric
Bruno Gilles Hervé Didier Marc Luc Paul Louis Hugo Lucas Arthur Gabriel Raphaël Jules Adam Noé Théo Zoé Agathe Louise
Claire Hélène Brigitte Dominique Claude Geneviève Thérèse Solène Maëlle Gaël Yann Erwan Soizic François-Xavier
Anne-Sophie Marie-Claude Jean-Baptiste Jean-Marc Jean-Luc Karim Mohamed Fatima Leïla Amina Mehdi Samira Nguyen Linh
`)

const starts = pieces(
  'BA BE BO BRU CA CHA CO CRE DA DE DU FA FE FLO FRE GA GRI GUI HA JO LA LE LO MA ME MO NA NO PA PE PI POI QUE RA RE RO SA SE SO TA TE TI VA VE VI VER',
)
const middles = pieces('BAU CHE DI DOU GE LA LI LO MA MI NI NOU PA QUI RA RI RO SI TA TI VE VI ZE')
const ends = pieces(
  'BERT BOIS CHET COURT DEAU DIER FORT GNON LAT LEAU LET LIN MANT MIER NEAU NET NIER QUET RAND RARD REAU RON SSON TEAU TIER TON VAL VEAU',
)

/** The nth made-up last name; some 28,000 differ. */
export const syllableName = (index: number): string => {
  const start = starts[index % starts.length] ?? ''
  const rest = Math.floor(index / starts.length)
  const end = ends[rest % ends.length] ?? ''
  return start + (middles[Math.floor(rest / ends.length) % middles.length] ?? '') + end
}
export const syllableNames = starts.length * ends.length * middles.length
