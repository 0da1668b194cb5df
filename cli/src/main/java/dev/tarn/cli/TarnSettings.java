package dev.tarn.cli;

import dev.tarn.common.SettingsReader;
import dev.tarn.common.TarnException;
import dev.tarn.storage.S3Settings;

/**
 * All settings there are. Every command reads all of them, so that a settings file may hold the server's and the clients'
 * and a misspelt key is found whoever reads it.
 *
 * @param server what the parts of the server share
 * @param client where clients find their servers
 * @param s3 how S3 is reached
 */
record TarnSettings(ServerSettings server, ClientSettings client, S3Settings s3) {
    /**
     * Reads everything.
     *
     * @throws SettingsFlags.WrongSettings naming the key, the value and the limit, or the unknown key
     */
    static TarnSettings read(SettingsReader settings) {
        try {
            TarnSettings all = new TarnSettings(
                    ServerSettings.from(settings), ClientSettings.from(settings), S3Settings.from(settings));
            settings.refuseUnknownKeys();
            return all;
        } catch (TarnException e) {
            throw new SettingsFlags.WrongSettings(e);
        }
    }
}
