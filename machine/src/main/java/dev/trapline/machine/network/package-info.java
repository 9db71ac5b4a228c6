/** The network of the machines of one process: which frame reaches which machine, and when. */
@NullMarked
package dev.trapline.machine.network;

import org.jspecify.annotations.NullMarked;
