#pragma once

#include "bijou-context.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How any widget asks the window to go somewhere: actions on the window, found by
 * gtk_widget_activate_action(). The item actions carry "SERVER:REMOTE-ID".
 *
 *   win.open-item    s     its page (film, series; an episode opens its series at that episode)
 *   win.play-item    s     the player, resuming where it was
 *   win.play-item-from (sx) the player, from this position in ms
 *   win.play-item-with (sa{sv}) the same with choices: "position" x in ms, "version" s, "audio" s
 *                          and "subtitle" s (ids of a version and its streams, "" for none)
 *   win.open-person  (sss) server id, their id there or "", name: the films and series they are in
 *   win.open-library (ss)  server id, library id
 *   win.open-server  s     the server's page
 *   win.open-home, win.open-search, win.open-favourites
 *   win.preferences  –
 *   win.sync         –     Sync Now (F5, Ctrl+R)
 *   win.stop-sync    –     ends it on all servers
 *   win.back         –
 *   win.show-sidebar –     shows the folded sidebar, or folds it
 *   win.add-server   –     the welcome page, from an empty Home
 *   win.sign-in-again s    signs in to that server, or account, anew
 *   win.toast        s     shows a toast
 *   win.set-watched  (sb)  marks an item, with a toast that undoes it
 *   win.undo-watched (sb)  the same without a toast, for the button on that toast
 *   win.set-favourite (sb)
 *   win.set-rating   (sd)  the user's own, 0–10; negative: none
 *   win.rate-page    d     the same of the film or series whose page is seen (Ctrl+1 to 5, Ctrl+0),
 *                          by its action page.rate
 */

G_END_DECLS
