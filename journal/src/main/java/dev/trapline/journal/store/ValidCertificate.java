package dev.trapline.journal.store;

import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.postgresql.ssl.PGjdbcHostnameVerifier;

/// Checks a server's certificate against its name, as the driver does itself, and against the time: Java accepts a
/// directly trusted certificate outside its validity period. `psql` does not.
///
/// The driver makes it by its name.
public final class ValidCertificate implements HostnameVerifier {

    /// A certificate is not valid now.
    static final class NotNowException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NotNowException(Exception cause) {
            super(cause.getMessage(), cause);
        }
    }

    /// Made by the driver.
    public ValidCertificate() {}

    @Override
    public boolean verify(String host, SSLSession session) {
        try {
            for (Certificate each : session.getPeerCertificates()) {
                if (each instanceof X509Certificate certificate) {
                    certificate.checkValidity();
                }
            }
        } catch (SSLPeerUnverifiedException _) {
            return false;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            throw new NotNowException(e);
        }
        return PGjdbcHostnameVerifier.INSTANCE.verify(host, session);
    }
}
