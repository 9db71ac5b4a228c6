/// Events of recordings in PostgreSQL: where the database is, its schema, and reading from it. They are written by Akka
/// Persistence JDBC, which configuration alone brings in.
@NullMarked
package dev.trapline.journal.database;

import org.jspecify.annotations.NullMarked;
