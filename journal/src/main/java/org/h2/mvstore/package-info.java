/**
 * One class that stands between MVStore and its file. It is in the store's own package because that is where the
 * store's chunks can be seen.
 */
@NullMarked
package org.h2.mvstore;

import org.jspecify.annotations.NullMarked;
