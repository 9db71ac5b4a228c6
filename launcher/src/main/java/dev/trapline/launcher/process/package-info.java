/** The process of a command: how it starts and ends, its signals, threads and memory, and the services in it. */
@NullMarked
package dev.trapline.launcher.process;

import org.jspecify.annotations.NullMarked;
