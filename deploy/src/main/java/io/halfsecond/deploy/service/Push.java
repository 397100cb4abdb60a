package io.halfsecond.deploy.service;

import java.util.List;

/// One way on which alerts are pushed.
interface Push extends AutoCloseable {
  /// For the thread and messages.
  String name();

  /// Pushes until it is to stop.
  ///
  /// @throws RuntimeException if it cannot go on
  void run(Stop stop);

  /// Why not all is delivered; empty if it is.
  List<String> troubles();

  @Override
  void close();
}
