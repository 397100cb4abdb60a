package io.halfsecond.deploy.faults;

import io.halfsecond.deploy.ops.Tool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/// Machines of a test: network namespaces on one switch, which is a bridge in a namespace of its
/// own. The tests' own process reaches them by an interface that listens to nothing.
///
/// Needs root.
final class Network implements AutoCloseable {
  /// Two runs at the same time must not share addresses: both have an interface on this machine.
  private static final String PREFIX =
      "10.%d.%d.".formatted(200 + ProcessHandle.current().pid() % 50, pidByte());

  private static final String TESTER = PREFIX + "1";

  private static long pidByte() {
    return ProcessHandle.current().pid() / 50 % 250;
  }

  private final Tool ip = Tool.require("ip", "iproute2");
  private final String name;
  private final List<String> namespaces = new ArrayList<>();
  private int machines;

  /// @param name short: it is part of the names of interfaces
  Network(String name) {
    this.name = name;
    if (!"root".equals(System.getProperty("user.name"))) {
      throw Tool.missing("only root can make network namespaces");
    }
    namespace(hub());
    in(hub(), "link", "add", "switch", "type", "bridge");
    in(hub(), "link", "set", "switch", "up");
    ip("link", "add", name, "type", "veth", "peer", "name", "tester", "netns", hub());
    in(hub(), "link", "set", "tester", "master", "switch", "up");
    ip("addr", "add", TESTER + "/24", "dev", name);
    ip("link", "set", name, "up");
  }

  /// A machine of the network.
  ///
  /// @param namespace for `ip netns exec`
  record Machine(Network network, String namespace, String address) {
    /// Pulls its cable.
    void cut() {
      network.in(network.hub(), "link", "set", namespace, "down");
    }

    /// Nothing passes between this machine and another; both reach the rest.
    void cutFrom(Machine other) {
      network.in(namespace, "route", "add", "blackhole", other.address + "/32");
      network.in(other.namespace, "route", "add", "blackhole", address + "/32");
    }

    void mendFrom(Machine other) {
      network.in(namespace, "route", "del", "blackhole", other.address + "/32");
      network.in(other.namespace, "route", "del", "blackhole", address + "/32");
    }

    void mend() {
      network.in(network.hub(), "link", "set", namespace, "up");
    }
  }

  Machine machine() {
    var address = PREFIX + (11 + machines);
    var namespace = name + machines++;
    namespace(namespace);
    in(hub(), "link", "add", namespace, "type", "veth", "peer", "name", "eth0", "netns", namespace);
    in(hub(), "link", "set", namespace, "master", "switch", "up");
    in(namespace, "addr", "add", address + "/24", "dev", "eth0");
    in(namespace, "link", "set", "eth0", "up");
    return new Machine(this, namespace, address);
  }

  private String hub() {
    return name + "hub";
  }

  private void namespace(String namespace) {
    ip("netns", "add", namespace);
    namespaces.add(namespace);
    in(namespace, "link", "set", "lo", "up");
  }

  private void in(String namespace, String... arguments) {
    var all = new ArrayList<>(List.of("-n", namespace));
    all.addAll(List.of(arguments));
    ip(all.toArray(String[]::new));
  }

  private void ip(String... arguments) {
    var result = ip.run(Path.of("").toAbsolutePath(), Map.of(), arguments);
    if (result.status() != 0) {
      throw new IllegalStateException("ip " + String.join(" ", arguments) + ": " + result.output());
    }
  }

  @Override
  public void close() {
    namespaces.forEach(namespace -> ip("netns", "del", namespace));
    // The tester's interface goes with its peer.
    Awaitility.await().until(() -> !Path.of("/sys/class/net", name).toFile().exists());
  }
}
