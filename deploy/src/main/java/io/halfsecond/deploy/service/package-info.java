/// The parts of Halfsecond as they run in a process: configured, with metrics and health over HTTP,
/// and an end.
@NullMarked
package io.halfsecond.deploy.service;

import org.jspecify.annotations.NullMarked;
