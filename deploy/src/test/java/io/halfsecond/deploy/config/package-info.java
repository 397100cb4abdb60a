@NullMarked
package io.halfsecond.deploy.config;

import org.jspecify.annotations.NullMarked;
