package io.halfsecond.schemas.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.Topic;
import io.halfsecond.schemas.Topics;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/// The message authentication code of a record, as its header [Sealer#HEADER] holds it: a version
/// byte, the id of the key and the signer, each behind a length byte, then HMAC-SHA-256 of signer,
/// topic, key and value of the record, each behind its length in four bytes. The topic is without
/// its prefix: a record that is copied to topics of another prefix keeps its code.
///
/// @param signer the decider; empty for a host, which is the key of its records
@SuppressWarnings("ArrayRecordComponent") // compared in constant time, by matches
record RecordCode(String keyId, String signer, byte[] mac) {
  private static final byte VERSION = 1;
  private static final int MAC_BYTES = 32;

  /// Of the catalogue's topics, without a prefix. None ends with another.
  private static final List<String> NAMES =
      Topics.of("", 1).all().stream().map(Topic::name).toList();

  static RecordCode of(AuthenticationKey key, String topic, String recordKey, byte[] value) {
    var signer = key.role() == Role.HOST ? "" : key.name();
    return new RecordCode(key.id(), signer, mac(key, signer, topic, recordKey, value));
  }

  /// Whether this key made it for this record.
  boolean matches(AuthenticationKey key, String topic, String recordKey, byte[] value) {
    return MessageDigest.isEqual(mac, mac(key, signer, topic, recordKey, value));
  }

  // A Mac is not safe for use by several threads, and one that is new costs less than a lock.
  private static byte[] mac(
      AuthenticationKey key, String signer, String topic, String recordKey, byte[] value) {
    try {
      var mac = Mac.getInstance(AuthenticationKey.ALGORITHM);
      mac.init(key.secret());
      update(mac, signer.getBytes(UTF_8));
      update(mac, withoutPrefix(topic).getBytes(UTF_8));
      update(mac, recordKey.getBytes(UTF_8));
      update(mac, value);
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + AuthenticationKey.ALGORITHM, e);
    }
  }

  private static String withoutPrefix(String topic) {
    return NAMES.stream().filter(topic::endsWith).findFirst().orElse(topic);
  }

  private static void update(Mac mac, byte[] part) {
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, part.length));
    mac.update(part);
  }

  byte[] toHeader() {
    byte[] id = keyId.getBytes(US_ASCII);
    byte[] name = signer.getBytes(US_ASCII);
    return ByteBuffer.allocate(3 + id.length + name.length + mac.length)
        .put(VERSION)
        .put((byte) id.length)
        .put(id)
        .put((byte) name.length)
        .put(name)
        .put(mac)
        .array();
  }

  /// Empty if these bytes are no header of this version.
  static Optional<RecordCode> fromHeader(byte @Nullable [] header) {
    if (header == null || header.length < 1 || header[0] != VERSION) {
      return Optional.empty();
    }
    var bytes = ByteBuffer.wrap(header, 1, header.length - 1);
    var id = text(bytes);
    var signer = text(bytes);
    if (id.isEmpty() || signer.isEmpty() || bytes.remaining() != MAC_BYTES) {
      return Optional.empty();
    }
    var mac = new byte[MAC_BYTES];
    bytes.get(mac);
    return Optional.of(new RecordCode(id.get(), signer.get(), mac));
  }

  private static Optional<String> text(ByteBuffer bytes) {
    if (!bytes.hasRemaining()) {
      return Optional.empty();
    }
    int length = Byte.toUnsignedInt(bytes.get());
    if (length > bytes.remaining()) {
      return Optional.empty();
    }
    var text = new byte[length];
    bytes.get(text);
    return Optional.of(new String(text, US_ASCII));
  }
}
