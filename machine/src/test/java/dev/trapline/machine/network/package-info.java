/** Tests of the network of the machines of one process. */
@NullMarked
package dev.trapline.machine.network;

import org.jspecify.annotations.NullMarked;
