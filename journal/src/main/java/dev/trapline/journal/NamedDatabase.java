package dev.trapline.journal;

/// A PostgreSQL database that the user has named, for events of recordings. Empty values are left to the environment.
///
/// @param url `jdbc:postgresql://HOST:PORT/NAME`
/// @param user the database user
/// @param password of the user
public record NamedDatabase(String url, String user, String password) {

    /// No message may show the password, which may also be in the URL.
    @Override
    public String toString() {
        return "NamedDatabase";
    }
}
