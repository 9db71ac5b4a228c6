/** Tests of services in a machine. */
@NullMarked
package dev.trapline.machine.firmware;

import org.jspecify.annotations.NullMarked;
