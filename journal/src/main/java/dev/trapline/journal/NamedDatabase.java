package dev.trapline.journal;

/// A PostgreSQL database that the user has named, where events of recordings are kept. What is empty is left to the
/// environment.
///
/// @param url `jdbc:postgresql://HOST:PORT/NAME`
/// @param user who connects
/// @param password of the user
public record NamedDatabase(String url, String user, String password) {

    /// No message may show the password, which may be in the URL too.
    @Override
    public String toString() {
        return "NamedDatabase";
    }
}
