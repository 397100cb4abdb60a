package io.halfsecond.schemas.auth;

import java.util.function.Supplier;

/// Makes the codes of records with the key that is current.
///
/// @param key may change between two records
public record KeySealer(Supplier<AuthenticationKey> key) implements Sealer {
  @Override
  public byte[] seal(String topic, String recordKey, byte[] value) {
    return RecordCode.of(key.get(), topic, recordKey, value).toHeader();
  }
}
