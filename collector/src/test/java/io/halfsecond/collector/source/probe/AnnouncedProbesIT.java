package io.halfsecond.collector.source.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.halfsecond.collector.event.SshEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against processes of other users, who may reach the socket here.
class AnnouncedProbesIT {
  /// Prints the answer. It may be hung up on before it has written.
  private static final String CLIENT =
      "use IO::Socket::UNIX; $SIG{PIPE} = 'IGNORE'; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0])"
          + " or die 'no socket'; syswrite $s, qq(began 50000) . chr(10); my $l = <$s>;"
          + " print defined $l ? $l : 'none';";

  @TempDir private Path directory;

  private final List<SshEvent> events = new CopyOnWriteArrayList<>();

  @BeforeEach
  void assumeRoot() {
    boolean root = "root".equals(System.getProperty("user.name"));
    assertThat(root || !"true".equals(System.getenv("CI"))).as("CI runs as root").isTrue();
    assumeTrue(root, "needs root");
  }

  @Test
  void should_believe_root_and_nobody_else() throws Exception {
    var source = new AnnouncedProbes(directory);
    source.start(events::add);
    try {
      var open = PosixFilePermissions.fromString("rwxrwxrwx");
      Files.setPosixFilePermissions(directory, open);
      Files.setPosixFilePermissions(AnnouncedProbes.socket(directory), open);

      assertThat(answer()).isEqualTo("ok\n");
      assertThat(answer("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"))
          .isEqualTo("none");
      assertThat(events).hasSize(1);
    } finally {
      source.close();
    }
  }

  private String answer(String... as) throws Exception {
    var command =
        Stream.concat(
                Stream.of(as),
                Stream.of("perl", "-e", CLIENT, AnnouncedProbes.socket(directory).toString()))
            .toList();
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
