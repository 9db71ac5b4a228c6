/** The pure machine: what happens between two slices, and vCPUs and services without actors. */
@NullMarked
package dev.trapline.machine;

import org.jspecify.annotations.NullMarked;
