// Stop words and stemmer of a language ("english", "russian"), the same for both engines.
export async function language(name) {
  const { stemmer } = await import(`@orama/stemmers/${name}`);
  const { stopwords } = await import(`@orama/stopwords/${name}`);
  return { stemmer, stopwords };
}
