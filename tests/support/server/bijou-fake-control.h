/* The test's own door: /__control on each server, and bijou_fake_server_control().
 *
 *   GET  /__control        the log as JSON lines
 *   GET  /__control/items  what there is: index, kind, id, title
 *   POST /__control        one order or an array of orders, each an object:
 *
 *   {"fault": "SPEC"}  {"clear_fault": N}  {"clear_faults": true}  {"reset_log": true}
 *   {"latency": MS}  {"bandwidth": BYTES}  {"page_cap": N}
 *   {"refuse": true, "for_ms": N}                       50 ms later, so that the answer gets out;
 *                                                       without for_ms until the C function ends it
 *   {"drop_sockets": true}  {"send": "text"}            a raw frame to every websocket
 *   {"add": "movie|show|season|episode|collection", "title": …, "parent": ID, "section": N}
 *   {"add_section": "movie|show", "title": …}
 *   {"remove": ID}  {"rename": ID, "title": …}  {"touch": ID}
 *   {"mark": ID, "watched": BOOL, "position_ms": N, "favourite": BOOL, "user": N, "quiet": BOOL}
 *   {"change_file": ID, "size": N}                      another file stands there now
 *   {"state": ID, "user": N}                            answers the play state
 *   {"sockets": true}                                   answers how many are open
 *
 * ID is the protocol's own id as a string, or the index as a number. Each protocol knows more:
 * Plex: {"revoke_tokens": true} {"restart": true} {"no_downloads": BOOL} {"terminate": BOOL}
 *   {"decision": "ask|convert|refuse"}
 * plex.tv: {"claim": ID, "user": N} {"expire": ID} (0: the newest pin) {"revoke_tokens": true}
 *   {"dead_status": N} (of a token that is no good) {"no_home": BOOL} {"alone": USER} (not in the
 *   Home) {"hide": SERVER, "user": N} (the server is not shared with them)
 *   {"connection": URI, "server": ID} (listed beside its own) {"no_connections": true}
 *   {"no_home": BOOL}; the second home user has the PIN 1234, sign-in is demo/demo
 * Jellyfin: {"approve": "CODE"} ("": the newest) {"revoke_tokens": true} {"show_users": BOOL}
 *   {"no_quick": BOOL} {"min_resume_s": N} {"library_delay_ms": N}; users are demo/demo, guest with
 *   no password, kid/kid and "disabled", who gets 403. */
#pragma once

#include "bijou-fake-exchange.h"

G_BEGIN_DECLS

void fake_control_reply (BijouFakeServer *server, SoupServerMessage *message, const char *path);

G_END_DECLS
