package io.halfsecond.schemas.auth;

/// Makes the message authentication code of a record. Safe for use by several threads.
@FunctionalInterface
public interface Sealer {
  /// The header of a Kafka record that carries the code.
  String HEADER = "halfsecond-mac";

  /// Where there is no key: no code.
  Sealer NONE = (_, _, _) -> new byte[0];

  /// @param value as it goes on the topic
  /// @return the value of the [#HEADER]; empty for none
  byte[] seal(String topic, String key, byte[] value);
}
