/** What goes wrong in a run on purpose, and the rules that say where and when. */
@NullMarked
package dev.trapline.abi.fault;

import org.jspecify.annotations.NullMarked;
