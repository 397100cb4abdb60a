package io.halfsecond.deploy.ops;

import java.io.UncheckedIOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/// A Docker engine for tests: the one that runs here or, where none does, one that is started for
/// them and ended with them. Ours publishes ports on the loopback address only, through docker's
/// proxy: it leaves the machine's packet filter alone. Its images stay in the build directory, so
/// that the next run finds them.
final class DockerEngine implements AutoCloseable {
  private static final Path IMAGES = Path.of("target/docker").toAbsolutePath();
  private static final String BRIDGE = "docker0";

  /** Read by [Started], which Testcontainers makes by itself. */
  private static volatile Optional<URI> started = Optional.empty();

  private final Tool client;
  private final Optional<Daemon> daemon;
  private final Map<String, String> environment;
  private final Path directory;
  private final boolean bridgeIsOurs;

  private DockerEngine(
      Tool client,
      Optional<Daemon> daemon,
      Map<String, String> environment,
      Path directory,
      boolean bridgeIsOurs) {
    this.client = client;
    this.daemon = daemon;
    this.environment = environment;
    this.directory = directory;
    this.bridgeIsOurs = bridgeIsOurs;
  }

  /// Finds or starts an engine. Where neither is possible the calling test is skipped, or fails
  /// where `CI=true`.
  ///
  /// @param directory for its socket and whatever it needs while it runs; its path must be short,
  ///   for a socket's path has at most 107 bytes
  static DockerEngine findOrStart(Path directory) {
    Tool client = Tool.require("docker", "docker.io");
    if (answers(client, Map.of())) {
      return new DockerEngine(client, Optional.empty(), Map.of(), directory, false);
    }
    Tool dockerd = Tool.require("dockerd", "docker.io");
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Tool.missing("no Docker engine answers, and only root can start one");
    }
    boolean bridgeIsOurs = !exists(BRIDGE);
    URI socket = URI.create("unix://" + directory.resolve("docker.sock"));
    Daemon daemon =
        Daemon.start(
            directory.resolve("dockerd.log"),
            dockerd,
            List.of(
                "--host",
                socket.toString(),
                "--data-root",
                IMAGES.toString(),
                "--exec-root",
                directory.resolve("exec").toString(),
                "--pidfile",
                directory.resolve("docker.pid").toString(),
                "--iptables=false",
                "--ip6tables=false",
                "--ip",
                "127.0.0.1"));
    Map<String, String> environment = Map.of("DOCKER_HOST", socket.toString());
    var engine =
        new DockerEngine(client, Optional.of(daemon), environment, directory, bridgeIsOurs);
    try {
      Awaitility.await("dockerd")
          .atMost(Duration.ofSeconds(60))
          .until(() -> !daemon.alive() || answers(client, environment));
      if (!daemon.alive()) {
        throw Tool.missing("dockerd does not run here: " + daemon.said());
      }
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
    started = Optional.of(socket);
    return engine;
  }

  private static boolean answers(Tool client, Map<String, String> environment) {
    return client
            .run(
                Path.of("").toAbsolutePath(),
                environment,
                "version",
                "--format",
                "{{.Server.Version}}")
            .status()
        == 0;
  }

  private static boolean exists(String networkInterface) {
    try {
      return NetworkInterface.getByName(networkInterface) != null;
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Builds an image out of the distribution, unless this engine has that very image.
  ///
  /// @param kind of [image/build-image.sh]
  /// @return the image's name
  String buildImage(String kind) {
    var script = new Tool(Path.of("image/build-image.sh").toAbsolutePath());
    if (!Files.isDirectory(Path.of("target/halfsecond/lib"))) {
      throw new IllegalStateException(
          "target/halfsecond/lib is not there: it is made by the package phase");
    }
    var variables = new HashMap<>(environment);
    variables.put("DOCKER", client.file().toString());
    variables.put("JAVA_HOME", System.getProperty("java.home"));
    var result = script.run(Path.of("").toAbsolutePath(), variables, kind);
    if (result.status() != 0) {
      throw new IllegalStateException(result.output());
    }
    return result.output().lines().reduce("", (_, last) -> last);
  }

  /// Runs the client.
  Tool.Result docker(String... arguments) {
    return client.run(Path.of("").toAbsolutePath(), environment, arguments);
  }

  /// What leads other clients to it.
  Map<String, String> environment() {
    return environment;
  }

  @Override
  public void close() {
    daemon.ifPresent(
        running -> {
          started = Optional.empty();
          running.close();
          // Left where a container had the host's network.
          Path namespace = directory.resolve("exec/netns/default");
          if (Files.exists(namespace)) {
            Tool.require("umount", "mount")
                .run(directory, Map.of(), "--quiet", namespace.toString());
          }
          if (bridgeIsOurs && exists(BRIDGE)) {
            Tool.require("ip", "iproute2")
                .run(Path.of("").toAbsolutePath(), Map.of(), "link", "delete", BRIDGE);
          }
        });
  }

  /// Leads Testcontainers to the engine that was started here; it would look in the usual places
  /// only.
  public static final class Started extends DockerClientProviderStrategy {
    @Override
    public String getDescription() {
      return "engine started for the tests";
    }

    @Override
    protected boolean isApplicable() {
      return started.isPresent();
    }

    @Override
    protected boolean isPersistable() {
      return false;
    }

    @Override
    protected int getPriority() {
      return Integer.MAX_VALUE;
    }

    @Override
    public TransportConfig getTransportConfig() {
      return TransportConfig.builder().dockerHost(started.orElseThrow()).build();
    }
  }
}
