/// The client of a schema registry.
@NullMarked
package io.halfsecond.deploy.registry;

import org.jspecify.annotations.NullMarked;
