package dev.trapline.journal.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;

/// Tells the driver the password of a private key. The driver's own parameter for it (`sslpassword`) would be in what
/// the pool of connections logs, which masks only the database's password. So the properties have a number in its
/// place.
///
/// The driver makes it by its name.
public final class KeyPassword implements CallbackHandler {

    /// The property with the number.
    static final String NUMBER = "trapline.key-password";

    /// The passwords that this process was given: one for each database, and usually none.
    private static final List<String> KEPT = new ArrayList<>();

    private final String password;

    /// Made by the driver.
    ///
    /// @param properties of the connection
    public KeyPassword(Properties properties) {
        int number = Integer.parseInt(properties.getProperty(NUMBER, "-1"));
        synchronized (KEPT) {
            password = number < 0 || number >= KEPT.size() ? "" : KEPT.get(number);
        }
    }

    /// Keeps a password for later connections.
    ///
    /// @return its number, the same for the same password
    static String keep(String password) {
        synchronized (KEPT) {
            if (!KEPT.contains(password)) {
                KEPT.add(password);
            }
            return Integer.toString(KEPT.indexOf(password));
        }
    }

    @Override
    public void handle(Callback[] callbacks) throws IOException, UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (!(callback instanceof PasswordCallback asked)) {
                throw new UnsupportedCallbackException(callback);
            }
            asked.setPassword(password.toCharArray());
        }
    }
}
