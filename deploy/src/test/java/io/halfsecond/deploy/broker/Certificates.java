package io.halfsecond.deploy.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InterruptException;

/// An authority and the certificates that it has given, made by keytool: `ca.pem`, and `NAME.p12`
/// with key, certificate and authority.
public final class Certificates {
  public static final String PASSWORD = "of-the-store";

  private static final Duration USUAL = Duration.ofDays(90);

  private final Path directory;

  private Certificates(Path directory) {
    this.directory = directory;
  }

  /// Makes an authority.
  public static Certificates in(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var made = new Certificates(directory);
    made.keytool("-genkeypair -alias ca -keystore ca.p12 -dname CN=ca -keyalg EC -ext bc:c");
    made.keytool("-exportcert -rfc -alias ca -keystore ca.p12 -file ca.pem");
    return made;
  }

  public Path authority() {
    return directory.resolve("ca.pem");
  }

  /// The key store of a name.
  public Path store(String name) {
    return directory.resolve(name + ".p12");
  }

  /// Makes a certificate for addresses, with the name as common name.
  public void make(String name, List<String> addresses) {
    make(name, addresses, USUAL);
  }

  /// Makes a certificate, which replaces that of the same name, if there is one.
  ///
  /// @param validity from now
  public void make(String name, List<String> addresses, Duration validity) {
    // Keytool knows no validity below a day, but certificates that are not new.
    var days = Math.max(1, validity.toDays());
    var before = Duration.ofDays(days).minus(validity);
    var fresh = "new-" + name;
    var names = addresses.stream().map("ip:"::concat).collect(Collectors.joining(","));
    keytool(
        "-genkeypair -alias %s -keystore %s.p12 -dname CN=%s -keyalg EC"
            .formatted(name, fresh, name));
    keytool("-certreq -alias %s -keystore %s.p12 -file %s.csr".formatted(name, fresh, name));
    keytool(
        "-gencert -rfc -alias ca -keystore ca.p12 -infile %s.csr -outfile %s.pem -ext san=%s -startdate -%dS -validity %d"
            .formatted(name, name, names, before.toSeconds(), days));
    keytool("-importcert -noprompt -alias ca -keystore %s.p12 -file ca.pem".formatted(fresh));
    keytool("-importcert -alias %s -keystore %s.p12 -file %s.pem".formatted(name, fresh, name));
    try {
      Files.move(store(fresh), store(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keytool(String arguments) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ", -1)));
    command.addAll(List.of("-storepass", PASSWORD));
    try {
      var process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      var said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(String.join(" ", command) + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
