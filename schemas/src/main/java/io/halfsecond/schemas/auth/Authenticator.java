package io.halfsecond.schemas.auth;

import io.halfsecond.schemas.Names;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Checks the codes of records against the fleet's secrets. Derives the key of a host when it is
/// needed, and keeps those that a right code was made with: names that somebody invents take no
/// memory.
///
/// Safe for use by several threads.
public final class Authenticator {
  /// Kept keys, of 300 bytes each.
  static final int KEPT = 50_000;

  /// What a record's code says about it.
  public enum Answer {
    /// The one who the record is from has made it.
    RIGHT,
    /// The record has no code.
    MISSING,
    /// It is not in the form of a code, or of a newer version.
    UNREADABLE,
    /// It was made with a key of a secret that is not in the file.
    UNKNOWN_KEY,
    /// The key of the one who the record is from has not made it.
    WRONG
  }

  private record KeyName(Role role, String name, String id) {}

  /// Keys that were derived from the same secrets.
  private record Keys(FleetSecrets secrets, Map<KeyName, AuthenticationKey> kept) {
    static Keys of(FleetSecrets secrets) {
      return new Keys(
          secrets,
          Collections.synchronizedMap(
              new LinkedHashMap<>(16, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<KeyName, AuthenticationKey> eldest) {
                  return size() > KEPT;
                }
              }));
    }

    Optional<AuthenticationKey> key(KeyName wanted) {
      return Optional.ofNullable(kept.get(wanted))
          .or(() -> secrets.key(wanted.id(), wanted.role(), wanted.name()));
    }
  }

  private final Supplier<FleetSecrets> secrets;
  private volatile Keys keys;

  /// @param secrets may change between two records
  public Authenticator(Supplier<FleetSecrets> secrets) {
    this.secrets = secrets;
    this.keys = Keys.of(secrets.get());
  }

  /// Whether this host has made the record.
  ///
  /// @param header the value of [Sealer#HEADER], null for none
  public Answer host(
      String host, byte @Nullable [] header, String topic, String key, byte[] value) {
    return answer(Role.HOST, code -> host, header, topic, key, value);
  }

  /// Whether a decider has made the record, who also is the one that it names.
  ///
  /// @param who the person in the decision: the decider's name, alone or followed by `@`
  /// @param header the value of [Sealer#HEADER], null for none
  public Answer decider(
      String who, byte @Nullable [] header, String topic, String key, byte[] value) {
    var answer = answer(Role.DECIDER, RecordCode::signer, header, topic, key, value);
    return answer == Answer.RIGHT && !names(who, signer(header)) ? Answer.WRONG : answer;
  }

  /// Whether a decision that names this person may carry the code of this decider.
  public static boolean names(String who, String decider) {
    return who.equals(decider) || who.startsWith(decider + "@");
  }

  private static String signer(byte @Nullable [] header) {
    return RecordCode.fromHeader(header).map(RecordCode::signer).orElse("");
  }

  private Answer answer(
      Role role,
      Function<RecordCode, String> owner,
      byte @Nullable [] header,
      String topic,
      String key,
      byte[] value) {
    if (header == null) {
      return Answer.MISSING;
    }
    var code = RecordCode.fromHeader(header);
    if (code.isEmpty()) {
      return Answer.UNREADABLE;
    }
    var name = owner.apply(code.get());
    // A host's code names no signer, and a decider's does.
    if (code.get().signer().isEmpty() != (role == Role.HOST) || !Names.isHost(name)) {
      return Answer.WRONG;
    }
    var wanted = new KeyName(role, name, code.get().keyId());
    var current = keys();
    var made = current.key(wanted);
    if (made.isEmpty()) {
      return Answer.UNKNOWN_KEY;
    }
    if (!code.get().matches(made.get(), topic, key, value)) {
      return Answer.WRONG;
    }
    current.kept().putIfAbsent(wanted, made.get());
    return Answer.RIGHT;
  }

  private Keys keys() {
    var newest = secrets.get();
    var current = keys;
    if (current.secrets() != newest) {
      current = Keys.of(newest);
      keys = current;
    }
    return current;
  }
}
