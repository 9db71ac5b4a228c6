package dev.trapline.journal.store;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.sql.SQLException;
import javax.net.ssl.SSLException;

/// Why a database cannot be used, as far as the driver reports it: the advice depends on it.
///
/// Source: PostgreSQL's documentation, appendix A (error codes); the driver's own errors have the class 08.
enum DatabaseFailure {
    /// Nothing listens on that port.
    REFUSED,
    UNKNOWN_HOST,
    UNREACHABLE,
    /// There was no answer in time.
    NO_ANSWER,
    /// The server wants the password in a form that reveals it.
    PASSWORD_IN_CLEAR,
    /// The server asks for a proof of the password that takes too much work.
    ENDLESS_PROOF,
    NO_PASSWORD,
    /// The user or the password is wrong, or the server does not accept that user from this host.
    AUTHENTICATION,
    /// The server does not speak TLS.
    NO_TLS,
    /// The certificate is for another name.
    TLS_NAME,
    TLS_EXPIRED,
    /// No known authority has signed the certificate.
    TLS_TRUST,
    NO_DATABASE,
    PERMISSION,
    /// It starts, stops, or has too many connections.
    BUSY,
    /// It speaks another protocol, or not as it should.
    NOT_POSTGRESQL,
    /// An answer has no end.
    TOO_LONG,
    /// The connection ended.
    LOST,
    OTHER;

    /// The kind of an error of the driver.
    static DatabaseFailure of(SQLException failure) {
        DatabaseFailure said = ofMessage(String.valueOf(failure.getMessage()));
        if (said != OTHER) {
            return said;
        }
        DatabaseFailure caused = OTHER;
        Throwable cause = failure;
        // A chain of causes may be circular.
        for (int n = 0; cause != null && n < 20; n++) {
            DatabaseFailure kind = ofCause(cause);
            // An inner cause is more specific.
            caused = kind == OTHER ? caused : kind;
            cause = cause.getCause();
        }
        return caused == OTHER ? ofState(String.valueOf(failure.getSQLState())) : caused;
    }

    private static DatabaseFailure ofMessage(String message) {
        if (message.contains("requireAuth")) {
            return PASSWORD_IN_CLEAR;
        }
        if (message.contains("no password was provided") || message.contains("password is an empty string")) {
            return NO_PASSWORD;
        }
        if (message.contains("does not support SSL")) {
            return NO_TLS;
        }
        if (message.contains("hostname") && message.contains("could not be verified")) {
            return TLS_NAME;
        }
        if (message.contains("SSL root certificate")) {
            return TLS_TRUST;
        }
        if (message.contains("PBKDF2 iterations")) {
            return ENDLESS_PROOF;
        }
        return message.startsWith("Connection attempt timed out") ? NO_ANSWER : OTHER;
    }

    private static DatabaseFailure ofCause(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _ -> UNKNOWN_HOST;
            case NoRouteToHostException _ -> UNREACHABLE;
            case ConnectException e -> String.valueOf(e.getMessage()).contains("refused") ? REFUSED : UNREACHABLE;
            case SocketTimeoutException _ -> NO_ANSWER;
            case EOFException _ -> LOST;
            case AnswerLimit.TooLongException _ -> TOO_LONG;
            case CertificateExpiredException _ -> TLS_EXPIRED;
            case CertificateNotYetValidException _ -> TLS_EXPIRED;
            case SSLException _ -> TLS_TRUST;
            default -> OTHER;
        };
    }

    private static DatabaseFailure ofState(String state) {
        return switch (state) {
            case "3D000" -> NO_DATABASE;
            case "42501", "25006" -> PERMISSION;
            case "53300", "57P01", "57P02", "57P03" -> BUSY;
            case "08006", "08003", "08007" -> LOST;
            // The driver's own: what it met is not the protocol.
            case "08P01", "99999" -> NOT_POSTGRESQL;
            default -> state.startsWith("28") ? AUTHENTICATION : OTHER;
        };
    }
}
