package io.halfsecond.schemas.travel;

import io.halfsecond.schemas.NewerSchema;
import java.util.BitSet;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/// Makes another schema with the same fingerprint. CRC-64 is linear: each letter of a name changes
/// it in a way that does not depend on the other letters.
final class Forgery {
  private static final int LETTERS = 96;

  private Forgery() {}

  /// The schema with another field whose name gives it the fingerprint of the original.
  static Schema of(Schema schema) {
    var name = new StringBuilder("a".repeat(LETTERS));
    long plain = fingerprint(schema, name);
    // Row i says which bits of the fingerprint the letter changes, and which letters make it.
    var rows = new long[Long.SIZE];
    var letters = new BitSet[Long.SIZE];
    for (int i = 0; i < LETTERS; i++) {
      name.setCharAt(i, 'b');
      long effect = fingerprint(schema, name) ^ plain;
      name.setCharAt(i, 'a');
      var chosen = new BitSet();
      chosen.set(i);
      while (effect != 0) {
        int bit = Long.numberOfTrailingZeros(effect);
        if (rows[bit] == 0) {
          rows[bit] = effect;
          letters[bit] = chosen;
          break;
        }
        effect ^= rows[bit];
        chosen.xor(letters[bit]);
      }
    }
    long left = plain ^ SchemaNormalization.parsingFingerprint64(schema);
    while (left != 0) {
      int bit = Long.numberOfTrailingZeros(left);
      letters[bit].stream().forEach(i -> name.setCharAt(i, name.charAt(i) == 'a' ? 'b' : 'a'));
      left ^= rows[bit];
    }
    return with(schema, name);
  }

  private static long fingerprint(Schema schema, CharSequence name) {
    return SchemaNormalization.parsingFingerprint64(with(schema, name));
  }

  private static Schema with(Schema schema, CharSequence name) {
    return NewerSchema.withField(schema, name.toString(), "[\"null\",\"long\"]");
  }
}
