/// Who wrote a record: keys of hosts, and the message authentication code that each record carries.
@NullMarked
package io.halfsecond.schemas.auth;

import org.jspecify.annotations.NullMarked;
