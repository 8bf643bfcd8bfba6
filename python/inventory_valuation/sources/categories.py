"""The category of an item, read from its description by a classifier fitted on the items that have one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

_LEAST_EXAMPLES = 20


def classify_items(items: pa.Table) -> pa.Table:
    """Give each item without a category the likeliest one.

    Args:
        items: item_id, description, category (null where unknown); any order.

    Returns:
        One row per item without a category but with a description: item_id, category and confidence, the
        share of the neighbouring evidence that speaks for it (0 to 1). No rows where fewer than twenty items
        or fewer than two categories are there to learn from.

    Source:
        Complement naive Bayes on words and word parts (Rennie et al., 2003), which is closed-form and so
        the same on every machine.
    """
    rows = items.sort_by("item_id").to_pydict()
    described = [(i, d, c) for i, d, c in zip(*rows.values(), strict=True) if d]
    known = [row for row in described if row[2]]
    unknown = [row for row in described if not row[2]]
    if not unknown or len(known) < _LEAST_EXAMPLES or len({row[2] for row in known}) < 2:
        unknown = []
    ids, categories, confidences = [row[0] for row in unknown], [], np.empty(0)
    if unknown:
        # Imported here: most companies name every category, and the import costs seconds.
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.naive_bayes import ComplementNB

        vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        model = ComplementNB(alpha=0.1)
        model.fit(vectors.fit_transform([row[1] for row in known]), [row[2] for row in known])
        likelihoods = model.predict_proba(vectors.transform([row[1] for row in unknown]))
        categories = model.classes_[likelihoods.argmax(axis=1)].tolist()
        confidences = likelihoods.max(axis=1)
    return pa.table(
        {
            "item_id": pa.array(ids, pa.string()),
            "category": pa.array(categories, pa.string()),
            "confidence": pa.array(confidences, pa.float64()),
        }
    )
