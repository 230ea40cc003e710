/**
 * Known answers of the self-test, made once with OpenSSL 3 over keys 00 01 02 … and IVs 07 07 07 …. The RSA key was made
 * for these vectors and protects nothing.
 */
export const message = Buffer.from('SousPli self-test')

/** Base64 of the digest of `message`. */
export const digestAnswers = {
  sha224: 'KSWYVAlAM7miLzhALYhZPlaHXmltYbHzEeUkzw==',
  md5: 'IBHYO9fusvFQTLBzJAi8wA==',
  sha1: 'RVFPfgIlhnTek6P4lEgW/YtknVg=',
  sha256: 'Td7O7cYqqh4PfcBi3YRf7MUFimqVBxEjLm/TH/yKtXA=',
  sha384: 'JGeoqkk9TXSNvt1GNdlKs9OES0WLvsrYy96wReHMlv8QwuuEKKy9Kz+tgjVnjbtx',
  sha512: 'kcsWcKjNr3c2zmmntZuWUECaTuq6XD3mkTIuKcZnMPaL1mjlzCuf2z+l79vbhhNmAz1COzdwslV6cOfxcr1OSw==',
} as const

/** Base64 of the encryption of `message`; the tag follows for GCM. */
export const cipherAnswers = {
  'aes-128-cbc': 'fu6ngku/5qCtC3ljlZnBlyVZYRCbVhSW44FPjdU356s=',
  'aes-192-cbc': '9j+hgTegerduRXtm54c68MMF9uBv4gSsN8zI/f/uCNI=',
  'aes-256-cbc': 'Zps0MBqXIUOpzhWeevCIQb92QwgoO7TIBIiWkBrowRA=',
  'des-ede3-cbc': '36xKVXTImQhYBDj5LAsYTbEIofsBhl5Y',
  'aes-128-gcm': 'wiMhrjHXqRmELk6lMs2NCkJ1hhIGyJIB8UC+sVO3skCM',
  'aes-192-gcm': 'PT0WES7xGRdPGC2yNQa58zRuSf+5WLtxR38QkA3d6yaP',
  'aes-256-gcm': 'XAXTLz9jvtS1+H/mrSWR6NUuOTkB6ywYxzTF+1IbyAcH',
} as const

/** FIPS 197 appendix C: one block under keys 00 01 02 …, hex. */
export const blockAnswers = {
  'aes-128-ecb': '69c4e0d86a7b0430d8cdb78070b4c55a',
  'aes-192-ecb': 'dda97ca4864cdfe06eaf70a0ec0d7191',
  'aes-256-ecb': '8ea2b7ca516745bfeafc49904b496089',
} as const

/** Ten rounds, 32 bytes. */
export const pbkdf2Answer = 'WNGpd+oypaB9jZep/l9+RR00T5VPpTt0oPwa04QzrsA='
export const hmacAnswer = '8LwDuOIeyqFn1Ib9wO1GQkDbK0+p987ulQrC4EcS7Aw='
export const hkdfAnswer = 'qw7daikWIkjuPqSTd+3c/eA/CKmnVNnOcDWRWUDQiqQ='
export const argon2Answer = 'bVcPIf4DoKYgXMIcA4165MNz21ZKKTzxR2FFAf7q6Mg='

/** PKCS#8, DER. */
export const rsaKey = Buffer.from(
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCn0MbaFwiYanK1Q7KDVeOirujKG8dQCg1veWYNY7F42gfI' +
    'jzqVGBLIumjRxLhji3X8FQN6hOLv01KZN41DjDVo76Hg6pKPQlpLn5kGxt/cPeTn/DpO6WhyZaX3oINWvzkqMJ1CNkU20LiB' +
    'Od+eDcj3h5kjtuIaqI1YXk06bo3++Yzmrez6xqTs+h4M2Q2931hD6Lqw95SnD0/d/8/u/P+xhGSlyd8Mx9NdRKWoe4LGbyrl' +
    'dKKX2P820Maofmgiym1byAuSKzgeyTo1GovyU58yXSdlB/b9lzN1BIpAk62NcIF9xgExWdywykGQhm2enu+mPRl7URajI5pc' +
    'PhueWuAJAgMBAAECggEAGEK4BL5wuSwmcisbyx3nH1U/BTz31wvk/lkkFkpz1T9cAbQnKXfF+2vrjGvupkF6qJtXGebNMhOw' +
    'bMMZsoq6C/YcxnnS/0/94tHrWw30PhBan+kYeuEGfwdP85kqc6eIeZ92lKRo5DBPhCscN2rRw2tAiee+D1GPwZc8ffaOo64v' +
    'GGZ9U8UlWsuT9lFs8hC2nRjR62/rV7934XGw4vrjJ8YNgKY2PVo/0VoAE6xObUUsD6nro4eEGark4h/S78FjCoE81oQfcFdy' +
    'nW//7c5SWFkfFp0RG7yS/MspjtziYN62IJW7ILy/LmrRpQc3plaLZSdSwz89zigCaYbSkLEbKwKBgQDbWUtYmDPl4g8Zr8z4' +
    'luPuqOuaiKh005S2wOQ2XvVh5dJZUuposziMJyW/YhPd9454X+fmrsh2985EMYECSP8m6ltYBI7vpfrUR14mUaYSUfpSjRTy' +
    'ThLZV9FoxrDvXlGLxUVMugRWUhXnP1XkkGAl0d11b24xvkhqv1ouvMx42wKBgQDD2yHtqk/QiiSd02W6PnwvO+vKuiPKVKOc' +
    'Xzk7U3v5UjxFQy6bSMfW99FXQQfzOzYZKUOHaX/dO3TzdiWIxZaCxJWWM+RYq9mScnDoMWqvfAIPtquLcGutQgKiUd7tNJAh' +
    '/BxAs0SBKgd6U4tG4eZ+nUYtQ9uf1Xku14DveX996wKBgFS7NaPPh5yxqmudwWv1va6figNz7r7STIwcDwwBuoBKqureYLZ5' +
    'JMrfBHHdjRcdXeeaBJbTxZRPPVqSVOdxEz8RIJ/rgtuIHlCKERB0UdaZ3DyvSvwetKFIjxgOSKLuqEl5tr9gy/QcWWGu0Zst' +
    'Ojbhzs5icQq+GnNB37BWNhYpAoGAYc6U6vMaWLIkBw0CyDdcHNp3rg22wdvyuKx1EENoreF7Z7tdEv8NjTTEviYjqjvvkDEj' +
    'IAR3biu7A7oElIDX4QX7Db9sUTvAs3mjGNFUzb3H6cD3efLyUtucJSNtiFevgsk78rOTik1K3rPJ4eP+D0zLNt+kVfVtRw8n' +
    'vG+YU3ECgYEAle3lmbz1MPaaQXGk5nWFb3BcPjcYzLU3Zsu3FFqxeOeJzS2gWUm0BygapkbjMxOTXQbNcc4yt0ExBohbuJGv' +
    'BI4FiX1qt4s0b8QmkXgVv4tyB2SR/0MSQk1h8IOyrwGRv6GUJxv47eM1YOXQY0q3A5xAGado0dx+38K0U4CTQYI=',
  'base64',
)
export const rsaAnswers = {
  /** RSASSA-PKCS1-v1_5 over SHA-256. */
  pkcs1:
    'nb38tenxGOXDYhBgmk7c7gesI32kUl7gJBpq400Y5IQooa5pmNK1B4Tp4pig1orlLE5fFMRxbxtF0nItX2o+lMAy8TqtydjA' +
    'I1O55yFEv93jg4hxybzGwbLXw42SuMZYNd36fX3LGIPdud5mSbBhOJJx8k5+J8LdiKDYymjhOB+YTPmdxWUn2ZpaPFnGu8y/' +
    'syA5kVPycyTl126I99iXjx7YEB0d6mSTgI+RUYQCauI/mqy3SbCbjOAI/xOe42fH0H1cFBnCtP9RLGxvVddL0e//B+EgZGNI' +
    'B+SwTWouWnwo30HWThfrl1Sb61wbvp2mGoMb0xF64GeKHe0qUhU43g==',
  /** RSASSA-PSS over SHA-256, salt of 32 bytes. */
  pss:
    'Y6A8XYGO/O4unWNdIurz7on73X4U/r/jWHNjeOduxeeTAHAKaRGnIIWf9l/8CU7+S73RPlnxI6F++unJ8W2JBGD6ty92auOd' +
    'kD5ftVGOXKOoNopjpxebv2JQiwmjb2nBXxU5HhrIjzwl8FsXPM6yMGhG64kdTGXXURJ5/H5x12qZxWOxX1sAI9Bu9AZEHTS1' +
    'z40QRQIHQtJYvlzt46NccLS6f9BGIO03vRHXTkEyYbW7Xfl4RhVfEFVWYrVctmlqmdquNQsbhEH22hyw/TdS3MQjthGLdCYR' +
    'MwMW+8g4jtrwWSZfd29mLczkowktbBnS33oDvxSEg20Viwt+lKZ+Sw==',
  /** RSAES-OAEP, by digest. */
  oaepSha1:
    'XpH1l3bpfYkzttEY3VX/yPc0nRwyrl1LkXBGT+awW62uEeuSg4aYP5NS7+jXpMLAU7HpvUiyG0f/h9G4UKmuJ5S5QADSa6bs' +
    'ygHg5vDqJWa54h75P//A5LqiViu5i3sM+ki2R2787x2zxceUd++PPlMNzj5/XmiSe3G/785UF7N8zam77Zdc+oXuYt/ZY9//' +
    '+DOuZ6vc0Fg7JnFIvTCwckjc06h33/Ez6xMx6WXxzCDzmxz8noTb22fvREmZGJHZvegGH/BsfC1rj5vs4FOeWwmPYWS9olsm' +
    'oR+SSgDlcIBTxswIWmGZ5pa+ZSZQJvy+Khmk9Jn0ZEowTYd/r/drjg==',
  oaepSha256:
    'XKFZwHnEKc0Snsc+kBI88Fx84wWabEImnMAs6DB+q7RuVlTYsJpyiWsdVIfDS6kmqPwl/rRTIchVbru3le+Z5KrQfO61Cwv7' +
    'KPZ5RbzKQYLcrjE9sWY34hRNPjX6Xjo4FnnXuOj3ln/LdlG8B3u7QX52ywG3GwqliL5/5TYlQB9l7M6JIx3QvGPiaALM7lBb' +
    'xFxP0XsNU67NS4dMQw3uv4zGVmY9o9X+xFFtWqNq/kM3vuCkgYzENbs+c6UQIYEoitqBoauh6/v/gPj/CjrynVG6QPg5PBhr' +
    'Ww+OKh4mfiZPSNLPwO1oWMv39qky3PJlidVpJLbGejxNKsCJGpoxDw==',
  /** RSAES-PKCS1-v1_5. */
  encrypted:
    'H2CoD0EDfhe6AfKMA3fcXBhCPqmi32hHSEoGVXKf3kqBE1vNkI5jEjtiIxEJaezt1Ls/2NFekvPOkPYsKQXBUsqoUXNo1hAM' +
    'ESHEOX9d+KGrMVduOiHQxm4yNE18fUAw4n4DKueqzYodASXHlrKbxFBpiKEUm6GO8f0sOF4F0+W8ztunzj2SSM5NsJu3ND08' +
    'uL2s5G20WDwIJssMHNALmWp0nGmJHvvBTxNxl1HE+OmP4bWYm2Xpl4BJCI9gCbva5AMVMi4z6pAbIu2wdxRixRG+1V2wcCF/' +
    'iv+vODVan621hHw0lQY5q23bofZ012P0y+9qMUQYXiM1500m8j/CSQ==',
} as const

/** SubjectPublicKeyInfo and signature of `message`, by curve. */
export const curveAnswers = {
  prime256v1: {
    digest: 'sha256',
    key:
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE8AUAraU6wOXEvw5elhFRCXysQ2I8Wh8hSNGix93mpTwATueHqV0eU/5sbuqO' +
      'jWDPEboBlNVSDiUyMTAwbCF0BA==',
    signature:
      'MEQCIBLLEkJf+cq9hvvkPvENkLFVH066IBxBLnR7Cjkjqh86AiBYA30hsxC8wL5orZx7/HrFHLwGV4p5EUnJt0SeB1FjhQ==',
  },
  secp384r1: {
    digest: 'sha384',
    key:
      'MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEAlMHC2Mbn681UwTES0mfm2p67o/ODbOel1j7yGj3eF7RVmcuoO4gFV6ZkqHf4HHQ' +
      '7iHhZfMC3+x89ATouyS8Zo2dXSkCnh60JLt6w+0oSEby2OafVWBzl0yOvXuofrwd',
    signature:
      'MGQCMAVHnG9Vqnvh9OZO4KymdLrXxMA/QITzESHrkaZ+72iZJwp8ubktsYrzceIF89OCqgIwA3Iz8gf59NsCe/r2/jLlbbpD' +
      'tcChAsw9IztWUNv3I5SfGtyvEsn3Y2XwzzcYHqji',
  },
  secp521r1: {
    digest: 'sha512',
    key:
      'MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQBXVnFGEwm6X66d+3JIuxv9nxtB29tTahpb31gAoIl2jxfQCm23FWiEVKiOemM' +
      'Vl6dpSocgMwz9pGsKrQ5CP8/dpwBxprjgNJj6PdFZHzb38pp7mM2w8jfgFoOnKkNiHeM2wFPLsSTH7gzeM6WghfjjKkWorsS' +
      'KfKdCz1kPcPgSa3aqEo=',
    signature:
      'MIGHAkEoFmpY8ylqMegOQO9fS5ZvBXOamtK6KfAgL5b0X8Zspv0+sljc1UvoC/0FW+1mrZH5Curi1zvkhXnPla8bN2tasQJC' +
      'ARyI1y/Pk5PjVea4r0pyDLt5xBjRYOuneMNV29YDQj5kF+9D4fogoIAo+ZX/wti9KCuPufQm7oatS6W9lYOrAm1K',
  },
} as const

/** A private key (PKCS#8; made for this, it protects nothing) and SHA-256 of what it agrees on with the key of `curveAnswers`. */
export const agreementAnswers = {
  prime256v1: {
    privateKey:
      'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgN6HG+bFUebxu5npFofZ2JodG4pOSZMRJaWIbbKG54LChRANC' +
      'AAT79j2HGAWo87nOVTDzpHN42Uf83iQ0r4akMkG4rDGG48eGaI82NgTSoCX5JMapf/8xd5i9ReQpi4Wz8DlEtidn',
    secret: 'tNdqx3IdPYc/3I3ngeaKt4WSiLb4XNvGjNlDK6UblJs=',
  },
  secp384r1: {
    privateKey:
      'MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBUeEuCn+etd04L82cpcMmrEvQDpOJcuPjh1j5iP5Ud1Vu/6IxU' +
      'NOjWYLxvyPWCNy+hZANiAARYR8+aTB2hRhlQKFCz+oS0wCSFcRTNP/OOWgFP7hV9MfLPVOgudamnQ86sppvBVLo8JpOD7Kqm' +
      'z60KVgYR1F1tEMTWSzv5NcENRgXqL4+PoaP2UXI7LWLAhMJaEARvYhM=',
    secret: '0bn4m6/bgM7mDjdpmzt5c5GOutiimNbJGQUIlklpXCw=',
  },
  secp521r1: {
    privateKey:
      'MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAOLypXbyn9OZ2dTTGJRuuoXHsxsTMt5iCT6aRX6+RhL5j4rU2' +
      '+lEWTavBv1CAMAmo6+DuTfkJP81mfwM/OoRuwaKhgYkDgYYABAH/Gw+0vZFJpcE3s/kn9Frmu6VlDA5Y5MNqSPxgYKVtivBy' +
      'YyynXbRyrBF3vcYkXIe+9jc5pbVBFOXQEMCnPdn9wACcFJ/7XpuU5y8Q3OpijtQ4ZUwd+heupHSmyyvQtr2zJrx5f+xQvgth' +
      'PlEQ5SK6G9ntmjXyS63ZpyUnTOhs4CnPNw==',
    secret: 'Pt4bdyrWitgxYylu4dt7XemJKYMa7o9dX0GZvr4sdNY=',
  },
} as const

/** The same on X25519: a private key, another's public key, and SHA-256 of what they agree on. */
export const x25519Answer = {
  privateKey: 'MC4CAQAwBQYDK2VuBCIEILDoWtvMUvAqZuYr47TfjJ3RTaq5bKLia2xszB/PUlVM',
  publicKey: 'MCowBQYDK2VuAyEAGMmUCAs82RkberFq8UlsjtlOxeL6ct8siNCCeMSm/h4=',
  secret: 'yWerqM8whdPgbjNxX8gRUcr90BROFUtn5SZaxZNzGFc=',
} as const
