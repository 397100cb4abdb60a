package io.halfsecond.schemas.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.halfsecond.schemas.Names;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The key of one host or decider, as [FleetSecrets] derives it and a key file holds it.
///
/// A key file has a line for each of role and name (`host web-17` or `decider alice`), `key-id` and
/// `key`. [#toString] has no key.
public final class AuthenticationKey {
  static final String ALGORITHM = "HmacSHA256";
  private static final int BYTES = 32;
  private static final String ID = "key-id";
  private static final String KEY = "key";

  private final Role role;
  private final String name;
  private final String id;
  private final SecretKeySpec secret;

  /// @param name of the host or decider
  /// @param id of the fleet's secret that it was derived from
  AuthenticationKey(Role role, String name, String id, byte[] bytes) {
    this.role = role;
    this.name = name;
    this.id = id;
    this.secret = new SecretKeySpec(bytes, ALGORITHM);
  }

  /// @throws IOException if the file cannot be read, others may read it, or it is not a key file;
  ///   the message names the file, never the key
  public static AuthenticationKey read(Path file) throws IOException {
    var lines = new HashMap<String, String>();
    for (var line : SecretFile.text(file).lines().filter(l -> !l.isBlank()).toList()) {
      var words = line.strip().split("\\s+", 2);
      lines.put(words[0], words.length == 2 ? words[1] : "");
    }
    var role = Stream.of(Role.values()).filter(each -> lines.containsKey(each.label())).findFirst();
    if (role.isEmpty()
        || !lines.keySet().equals(Set.of(role.get().label(), ID, KEY))
        || lines.containsValue("")) {
      throw new IOException(
          file
              + " is not a key file: it must have a host or decider, a key-id and a key; see"
              + " halfsecond enroll");
    }
    var name = lines.getOrDefault(role.get().label(), "");
    if (!Names.isHost(name)) {
      throw new IOException("%s: the %s is not a name".formatted(file, role.get().label()));
    }
    return new AuthenticationKey(
        role.get(), name, lines.getOrDefault(ID, ""), bytes(file, lines.getOrDefault(KEY, "")));
  }

  private static byte[] bytes(Path file, String base64) throws IOException {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      // Its message quotes the key.
      throw new IOException(file + ": the key is not Base64");
    }
    if (key.length != BYTES) {
      throw new IOException("%s: the key has %d bytes, not %d".formatted(file, key.length, BYTES));
    }
    return key;
  }

  /// Refuses a key that is someone else's.
  ///
  /// @throws IOException that names the file and both
  public AuthenticationKey require(Path file, Role wanted, Optional<String> owner)
      throws IOException {
    if (role != wanted) {
      throw new IOException(
          "%s is the key of the %s %s, not of a %s"
              .formatted(file, role.label(), name, wanted.label()));
    }
    if (owner.isPresent() && !owner.get().equals(name)) {
      throw new IOException(
          "%s is the key of the %s %s, and this is %s; issue one with halfsecond enroll %s"
              .formatted(file, role.label(), name, owner.get(), owner.get()));
    }
    return this;
  }

  public Role role() {
    return role;
  }

  /// Of the host or decider.
  public String name() {
    return name;
  }

  /// Of the fleet's secret that it was derived from.
  public String id() {
    return id;
  }

  SecretKey secret() {
    return secret;
  }

  /// The content of a key file. Must not be logged.
  public byte[] toFile() {
    return "%s %s\n%s %s\n%s %s\n"
        .formatted(
            role.label(),
            name,
            ID,
            id,
            KEY,
            Base64.getEncoder().encodeToString(secret.getEncoded()))
        .getBytes(UTF_8);
  }

  /// Without the key.
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "key %s of the %s %s", id, role.label(), name);
  }
}
