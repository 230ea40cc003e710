const storage = '1.2.840.10008.5.1.4.1.1'

export const keyObjectSelection = `${storage}.88.59`
export const encapsulatedPdf = `${storage}.104.1`
export const encapsulatedCda = `${storage}.104.2`
export const mediaDirectory = '1.2.840.10008.1.3.10'

/** Names of PS3.6 for the classes met in practice; what is not here is shown by its UID. */
const classes: Record<string, string> = {
  [`${storage}.1`]: 'Computed Radiography Image Storage',
  [`${storage}.1.1`]: 'Digital X-Ray Image Storage - For Presentation',
  [`${storage}.1.2`]: 'Digital Mammography X-Ray Image Storage - For Presentation',
  [`${storage}.1.3`]: 'Digital Intra-Oral X-Ray Image Storage - For Presentation',
  [`${storage}.2`]: 'CT Image Storage',
  [`${storage}.2.1`]: 'Enhanced CT Image Storage',
  [`${storage}.3.1`]: 'Ultrasound Multi-frame Image Storage',
  [`${storage}.4`]: 'MR Image Storage',
  [`${storage}.4.1`]: 'Enhanced MR Image Storage',
  [`${storage}.6.1`]: 'Ultrasound Image Storage',
  [`${storage}.7`]: 'Secondary Capture Image Storage',
  [`${storage}.7.4`]: 'Multi-frame True Color Secondary Capture Image Storage',
  [`${storage}.9.1.1`]: '12-lead ECG Waveform Storage',
  [`${storage}.11.1`]: 'Grayscale Softcopy Presentation State Storage',
  [`${storage}.12.1`]: 'X-Ray Angiographic Image Storage',
  [`${storage}.12.2`]: 'X-Ray Radiofluoroscopic Image Storage',
  [`${storage}.13.1.3`]: 'Breast Tomosynthesis Image Storage',
  [`${storage}.20`]: 'Nuclear Medicine Image Storage',
  [`${storage}.77.1.1`]: 'VL Endoscopic Image Storage',
  [`${storage}.77.1.4`]: 'VL Photographic Image Storage',
  [`${storage}.77.1.5.1`]: 'Ophthalmic Photography 8 Bit Image Storage',
  [`${storage}.88.11`]: 'Basic Text SR Storage',
  [`${storage}.88.22`]: 'Enhanced SR Storage',
  [`${storage}.88.33`]: 'Comprehensive SR Storage',
  [keyObjectSelection]: 'Key Object Selection Document Storage',
  [`${storage}.88.67`]: 'X-Ray Radiation Dose SR Storage',
  [encapsulatedPdf]: 'Encapsulated PDF Storage',
  [encapsulatedCda]: 'Encapsulated CDA Storage',
  [`${storage}.128`]: 'Positron Emission Tomography Image Storage',
  [`${storage}.481.2`]: 'RT Dose Storage',
  [`${storage}.481.3`]: 'RT Structure Set Storage',
  [`${storage}.481.5`]: 'RT Plan Storage',
  [mediaDirectory]: 'Media Storage Directory Storage',
}

export const sopClassName = (uid: string | null): string | null =>
  uid === null ? null : (classes[uid] ?? null)
