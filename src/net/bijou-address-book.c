#include "config.h"

#include "bijou-address-book.h"

#include "bijou-url.h"

#include <string.h>

/* How long nobody waits for an address that failed: doubled with each failure. */
#define BACKOFF_US (30 * G_TIME_SPAN_SECOND)
#define MAX_BACKOFF_US (600 * G_TIME_SPAN_SECOND)

/* So many networks are remembered: those of the latest winners. */
#define MAX_WINNERS 32
/* Whoever answers on the LAN can make addresses up. */
#define MAX_CANDIDATES 48

/* One whose last word was a failure does not go first in a race. One that failed in a race, where
 * another was there to compare it with, is not waited for either, until it is good again. */
typedef struct
{
  BijouAddress *address; /* (owned) */
  gboolean failed;
  gboolean doubtful;
  gint64 retry_at; /* monotonic µs: the end of its back-off */
} Candidate;

struct _BijouAddressBook
{
  GPtrArray *candidates; /* (owned) of Candidate */
  BijouTrust *trust;     /* (owned) (nullable) */
  GPtrArray *winners;    /* (owned) of BijouNetworkWinner, the latest last */
  char *network;         /* (owned) (nullable) the one that the computer is on */
};

static void
candidate_free (Candidate *candidate)
{
  bijou_address_free (candidate->address);
  g_free (candidate);
}

static GPtrArray *
create_candidates (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) candidate_free);
}

/**
 * bijou_address_book_new:
 *
 * Returns: (transfer full): an empty book
 */
BijouAddressBook *
bijou_address_book_new (void)
{
  BijouAddressBook *self = g_new0 (BijouAddressBook, 1);

  self->candidates = create_candidates ();
  self->winners = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_network_winner_free);
  return self;
}

/**
 * bijou_address_book_free:
 * @self: (transfer full): a book
 */
void
bijou_address_book_free (BijouAddressBook *self)
{
  g_ptr_array_unref (self->candidates);
  g_clear_pointer (&self->trust, bijou_trust_unref);
  g_ptr_array_unref (self->winners);
  g_free (self->network);
  g_free (self);
}

static Candidate *
find_candidate (BijouAddressBook *self, const char *url)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = self->candidates->pdata[i];

      if (g_str_equal (candidate->address->url, url))
        return candidate;
    }
  return NULL;
}

/* One address may be the beginning of another: `http://h` and `http://h/jellyfin`. */
static Candidate *
find_candidate_above (BijouAddressBook *self, const char *url)
{
  Candidate *longest = NULL;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = self->candidates->pdata[i];

      if (bijou_url_is_under (url, candidate->address->url) &&
          (longest == NULL || strlen (candidate->address->url) > strlen (longest->address->url)))
        longest = candidate;
    }
  return longest;
}

static void
note_success (Candidate *candidate, int ms)
{
  BijouAddress *address = candidate->address;

  address->last_success = g_get_real_time () / G_USEC_PER_SEC;
  address->failures = 0;
  candidate->failed = candidate->doubtful = FALSE;
  candidate->retry_at = 0;
  if (ms >= 0)
    address->latency_ms = address->latency_ms < 0 ? ms : (3 * address->latency_ms + ms) / 4;
}

static gint64
get_backoff (const BijouAddress *address)
{
  int doublings = CLAMP (address->failures - 1, 0, 5);

  return MIN (BACKOFF_US << doublings, MAX_BACKOFF_US);
}

static void
note_failure (Candidate *candidate)
{
  candidate->address->failures++;
  candidate->address->failed_at = g_get_real_time () / G_USEC_PER_SEC;
  candidate->failed = TRUE;
  candidate->retry_at = g_get_monotonic_time () + get_backoff (candidate->address);
}

static void
keep_experience (Candidate *candidate, const Candidate *old)
{
  candidate->failed = old->failed;
  candidate->doubtful = old->doubtful;
  candidate->retry_at = old->retry_at;
  candidate->address->failures = old->address->failures;
  candidate->address->failed_at = old->address->failed_at;
  candidate->address->last_success =
      MAX (candidate->address->last_success, old->address->last_success);
  if (old->address->latency_ms >= 0)
    candidate->address->latency_ms = old->address->latency_ms;
}

static BijouNetworkWinner *
find_winner (BijouAddressBook *self, guint *index)
{
  for (guint i = 0; self->network != NULL && i < self->winners->len; i++)
    {
      BijouNetworkWinner *winner = self->winners->pdata[i];

      if (!g_str_equal (winner->network, self->network))
        continue;
      if (index != NULL)
        *index = i;
      return winner;
    }
  return NULL;
}

/* What failed before the program was started, or before it came here, may have failed on any
 * network. It counts where another address is known to be the one to use. */
static void
judge_candidate (BijouAddressBook *self, Candidate *candidate)
{
  const BijouNetworkWinner *winner = find_winner (self, NULL);
  const BijouAddress *address = candidate->address;
  gint64 left = address->failed_at * G_USEC_PER_SEC + get_backoff (address) - g_get_real_time ();

  candidate->failed =
      address->failures > 0 && winner != NULL && !g_str_equal (winner->url, address->url);
  candidate->doubtful = candidate->failed;
  candidate->retry_at = 0;
  if (candidate->failed && left > 0)
    candidate->retry_at = g_get_monotonic_time () + MIN (left, MAX_BACKOFF_US);
}

static void
judge_candidates (BijouAddressBook *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    judge_candidate (self, self->candidates->pdata[i]);
}

/**
 * bijou_address_book_set_network:
 * @self: a book
 * @network: (nullable): bijou_network_key_read() where the computer is now
 *
 * What failed elsewhere is in doubt only where another address won.
 *
 * Returns: whether it is another network than before
 */
gboolean
bijou_address_book_set_network (BijouAddressBook *self, const char *network)
{
  gboolean is_other = g_strcmp0 (self->network, network) != 0;

  if (!is_other)
    return FALSE;
  g_free (self->network);
  self->network = g_strdup (network);
  judge_candidates (self);
  return TRUE;
}

/**
 * bijou_address_book_set_winners:
 * @self: a book whose addresses are those that were kept
 * @winners: (element-type BijouNetworkWinner): what was kept with them; copied
 *
 * What failed when it was used last is in doubt where another address won.
 */
void
bijou_address_book_set_winners (BijouAddressBook *self, GPtrArray *winners)
{
  g_ptr_array_set_size (self->winners, 0);
  for (guint i = 0; i < winners->len; i++)
    g_ptr_array_add (self->winners, bijou_network_winner_copy (winners->pdata[i]));
  judge_candidates (self);
}

/**
 * bijou_address_book_copy_winners:
 * @self: a book
 *
 * Returns: (transfer full) (element-type BijouNetworkWinner): copies, the latest last
 */
GPtrArray *
bijou_address_book_copy_winners (BijouAddressBook *self)
{
  GPtrArray *winners = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_network_winner_free);

  for (guint i = 0; i < self->winners->len; i++)
    g_ptr_array_add (winners, bijou_network_winner_copy (self->winners->pdata[i]));
  return winners;
}

/**
 * bijou_address_book_note_winner:
 * @self: a book
 * @url: the address that is used from now on
 *
 * Remembers it for the network that the computer is on.
 */
void
bijou_address_book_note_winner (BijouAddressBook *self, const char *url)
{
  guint index;

  if (self->network == NULL)
    return;
  if (find_winner (self, &index) != NULL)
    g_ptr_array_remove_index (self->winners, index);
  else if (self->winners->len >= MAX_WINNERS)
    g_ptr_array_remove_index (self->winners, 0);
  g_ptr_array_add (self->winners, bijou_network_winner_new (self->network, url,
                                                            g_get_real_time () / G_USEC_PER_SEC));
}

/**
 * bijou_address_book_set:
 * @self: a book
 * @addresses: (nullable) (element-type BijouAddress): all addresses; copied
 *
 * Replaces the list; what was learned about an address outlives it.
 */
void
bijou_address_book_set (BijouAddressBook *self, GPtrArray *addresses)
{
  GPtrArray *candidates = create_candidates ();

  for (guint i = 0; addresses != NULL && i < addresses->len; i++)
    {
      Candidate *candidate = g_new0 (Candidate, 1);
      const Candidate *old;

      candidate->address = bijou_address_copy (addresses->pdata[i]);
      old = find_candidate (self, candidate->address->url);
      if (old != NULL)
        keep_experience (candidate, old);
      g_ptr_array_add (candidates, candidate);
    }
  g_ptr_array_unref (self->candidates);
  self->candidates = candidates;
}

/* One that was found once and failed since makes room for a new one. */
static gboolean
make_room (BijouAddressBook *self)
{
  if (self->candidates->len < MAX_CANDIDATES)
    return TRUE;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];
      const BijouAddress *address = candidate->address;

      if (address->source != BIJOU_ADDRESS_FROM_DISCOVERY || address->failures == 0 ||
          address->pinned)
        continue;
      g_ptr_array_remove_index (self->candidates, i);
      return TRUE;
    }
  return FALSE;
}

/**
 * bijou_address_book_add:
 * @self: a book
 * @addresses: (element-type BijouAddress): addresses; copied
 *
 * Adds those that are not known yet.
 *
 * Returns: how many there were
 */
guint
bijou_address_book_add (BijouAddressBook *self, GPtrArray *addresses)
{
  guint added = 0;

  for (guint i = 0; i < addresses->len; i++)
    {
      const BijouAddress *address = addresses->pdata[i];
      Candidate *candidate;

      if (find_candidate (self, address->url) != NULL || !make_room (self))
        continue;
      candidate = g_new0 (Candidate, 1);
      candidate->address = bijou_address_copy (address);
      g_ptr_array_add (self->candidates, candidate);
      added++;
    }
  return added;
}

/**
 * bijou_address_book_copy:
 * @self: a book
 *
 * Returns: (transfer full) (element-type BijouAddress): copies of the addresses with what was
 *   learned about them
 */
GPtrArray *
bijou_address_book_copy (BijouAddressBook *self)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];

      g_ptr_array_add (addresses, bijou_address_copy (candidate->address));
    }
  return addresses;
}

/**
 * bijou_address_book_set_trust:
 * @self: a book
 * @trust: (nullable): what is trusted at the server
 */
void
bijou_address_book_set_trust (BijouAddressBook *self, BijouTrust *trust)
{
  BijouTrust *old = self->trust;

  self->trust = trust == NULL ? NULL : bijou_trust_ref (trust);
  g_clear_pointer (&old, bijou_trust_unref);
}

/**
 * bijou_address_book_dup_trust:
 * @self: a book
 * @url: a base URL
 *
 * Returns: (transfer full) (nullable): what holds at @url
 */
BijouTrust *
bijou_address_book_dup_trust (BijouAddressBook *self, const char *url)
{
  Candidate *candidate = find_candidate (self, url);

  return candidate == NULL ? NULL : bijou_trust_for_address (self->trust, candidate->address);
}

/**
 * bijou_address_book_get_base:
 * @self: a book
 * @url: a URL
 *
 * Returns: (transfer none) (nullable): the address that @url is under
 */
const char *
bijou_address_book_get_base (BijouAddressBook *self, const char *url)
{
  Candidate *candidate = find_candidate_above (self, url);

  return candidate == NULL ? NULL : candidate->address->url;
}

/**
 * bijou_address_book_contains:
 * @self: a book
 * @url: a base URL
 *
 * Whether it is known and not disabled.
 */
gboolean
bijou_address_book_contains (BijouAddressBook *self, const char *url)
{
  const Candidate *candidate = find_candidate (self, url);

  return candidate != NULL && !candidate->address->disabled;
}

/**
 * bijou_address_book_has_hope:
 * @self: a book
 *
 * Whether an address that may be used has no back-off: it is good, was never tried, or may be tried
 * again.
 */
gboolean
bijou_address_book_has_hope (BijouAddressBook *self)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];

      if (!candidate->address->disabled && candidate->retry_at <= now)
        return TRUE;
    }
  return FALSE;
}

/**
 * bijou_address_book_forget_doubts:
 * @self: a book
 *
 * Ends every back-off: what failed, failed somewhere else.
 */
void
bijou_address_book_forget_doubts (BijouAddressBook *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      Candidate *candidate = self->candidates->pdata[i];

      candidate->failed = candidate->doubtful = FALSE;
      candidate->retry_at = 0;
    }
}

/**
 * bijou_address_book_note_failure:
 * @self: a book
 * @url: a base URL, or a URL under it
 *
 * The address does not go first any more. Many requests that die with it are one failure.
 *
 * Returns: (transfer none) (nullable): the address
 */
const char *
bijou_address_book_note_failure (BijouAddressBook *self, const char *url)
{
  Candidate *candidate = find_candidate_above (self, url);

  if (candidate == NULL)
    return NULL;
  if (candidate->retry_at <= g_get_monotonic_time ())
    note_failure (candidate);
  return candidate->address->url;
}

/**
 * bijou_address_book_note_answer:
 * @self: a book
 * @url: a base URL that answered
 */
void
bijou_address_book_note_answer (BijouAddressBook *self, const char *url)
{
  Candidate *candidate = find_candidate (self, url);

  if (candidate != NULL)
    note_success (candidate, -1);
}

static const BijouAddress *
find_usable (BijouAddressBook *self, const char *url)
{
  const Candidate *candidate = url == NULL ? NULL : find_candidate (self, url);

  return candidate == NULL || candidate->failed || candidate->address->disabled
             ? NULL
             : candidate->address;
}

static const BijouAddress *
find_pinned (BijouAddressBook *self)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];

      if (candidate->address->pinned)
        return find_usable (self, candidate->address->url);
    }
  return NULL;
}

static const BijouAddress *
find_latest (BijouAddressBook *self)
{
  const BijouAddress *best = NULL;

  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];
      const BijouAddress *address = find_usable (self, candidate->address->url);

      if (address != NULL && address->last_success > 0 &&
          (best == NULL || address->last_success > best->last_success))
        best = address;
    }
  return best;
}

/* What was good on other networks only has no claim on this one. */
static const BijouAddress *
find_preferred (BijouAddressBook *self, const char *current)
{
  const BijouNetworkWinner *winner = find_winner (self, NULL);
  const BijouAddress *address = find_pinned (self);

  if (address == NULL && winner != NULL)
    address = find_usable (self, winner->url);
  if (address == NULL)
    address = find_usable (self, current);
  if (address == NULL && (self->network == NULL || self->winners->len == 0))
    address = find_latest (self);
  return address;
}

/**
 * bijou_address_book_fill_race:
 * @self: a book
 * @race: a race
 * @current: (nullable): the address in use
 *
 * Enters every address that is not disabled. The first is what the user pinned, the winner on this
 * network, the address in use, or, where the network is not known or none was won on, the one that
 * was good last.
 */
void
bijou_address_book_fill_race (BijouAddressBook *self, BijouRace *race, const char *current)
{
  const BijouAddress *preferred = find_preferred (self, current);

  bijou_race_set_trust (race, self->trust);
  for (guint i = 0; i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];

      if (!candidate->address->disabled)
        bijou_race_add (race, candidate->address, candidate->address == preferred,
                        candidate->doubtful);
    }
}

/**
 * bijou_address_book_fill_confirmation:
 * @self: a book
 * @race: a race
 * @url: a URL under one of its addresses
 *
 * Enters that address and no other.
 */
void
bijou_address_book_fill_confirmation (BijouAddressBook *self, BijouRace *race, const char *url)
{
  const Candidate *candidate = find_candidate_above (self, url);

  bijou_race_set_trust (race, self->trust);
  if (candidate != NULL)
    bijou_race_add (race, candidate->address, TRUE, FALSE);
}

/**
 * bijou_address_book_fill_upgrade:
 * @self: a book
 * @race: (nullable): a race
 * @current: the address in use
 *
 * Enters every address that would be better than @current.
 *
 * Returns: how many there are
 */
guint
bijou_address_book_fill_upgrade (BijouAddressBook *self, BijouRace *race, const char *current)
{
  const Candidate *used = find_candidate (self, current);
  guint count = 0;

  if (race != NULL)
    bijou_race_set_trust (race, self->trust);
  for (guint i = 0; used != NULL && i < self->candidates->len; i++)
    {
      const Candidate *candidate = self->candidates->pdata[i];
      const BijouAddress *address = candidate->address;

      if (address->disabled ||
          bijou_address_get_rank (address) >= bijou_address_get_rank (used->address))
        continue;
      count++;
      if (race != NULL)
        bijou_race_add (race, address, FALSE, candidate->doubtful);
    }
  return count;
}

/**
 * bijou_address_book_learn:
 * @self: a book
 * @race: a race that has ended
 */
void
bijou_address_book_learn (BijouAddressBook *self, BijouRace *race)
{
  GPtrArray *entrants = bijou_race_get_entrants (race);

  for (guint i = 0; i < entrants->len; i++)
    {
      const BijouEntrant *entrant = entrants->pdata[i];
      Candidate *candidate = find_candidate (self, entrant->url);

      if (candidate == NULL)
        continue;
      if (entrant->state == BIJOU_ENTRANT_GOOD)
        note_success (candidate, bijou_entrant_get_ms (entrant));
      if (entrant->state != BIJOU_ENTRANT_FAILED)
        continue;
      note_failure (candidate);
      candidate->doubtful = TRUE;
      g_debug ("address %s failed: %s", entrant->url, entrant->error->message);
    }
}
