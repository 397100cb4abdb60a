@NullMarked
package io.halfsecond.deploy.demo;

import org.jspecify.annotations.NullMarked;
