package io.halfsecond.deploy.throughput;

import io.halfsecond.deploy.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Path;

/// The broker of a measurement, in a process of its own, so that its CPU can be told apart.
final class Broker {
  private Broker() {}

  /// Runs until its input ends.
  static void main(String[] arguments) throws IOException {
    try (var broker = EmbeddedBroker.start(Path.of(arguments[0]))) {
      System.out.println(broker.bootstrapServers());
      while (System.in.read() >= 0) {
        // Nobody writes.
      }
    }
  }
}
