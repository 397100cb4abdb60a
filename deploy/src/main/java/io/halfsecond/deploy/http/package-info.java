/// What a running part of Halfsecond shows over HTTP: its metrics and its health.
@NullMarked
package io.halfsecond.deploy.http;

import org.jspecify.annotations.NullMarked;
