package io.halfsecond.schemas.travel;

import java.util.Locale;

/// Why a schema on the topic is not used.
public enum Refusal {
  /** Its key is not a fingerprint in 16 hexadecimal digits. */
  KEY,
  /** It is longer than [SchemaCheck#LONGEST]. */
  SIZE,
  /** It is not a schema. */
  MALFORMED,
  /** To decode with it could take more work than the record has bytes. */
  UNBOUNDED,
  /** It has another fingerprint than its key says. */
  FINGERPRINT,
  /** It is not of a record that this version knows. */
  TYPE,
  /** This version cannot read what is written with it. */
  INCOMPATIBLE,
  /** Another schema has the same fingerprint. One of the two is forged. */
  DISPUTED,
  /** [TravelledSchemas#MOST] others are known. */
  FULL;

  /// The value of a metric's label.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
