#include "config.h"

#include "bijou-welcome-page.h"

#include "bijou-account-step.h"
#include "bijou-address-step.h"
#include "bijou-nearby-row.h"
#include "bijou-server-search.h"
#include "bijou-server-step.h"
#include "bijou-width-class.h"

#include <glib/gi18n.h>

#define CHOICE_WIDTH 640
#define STEP_WIDTH 520

struct _BijouWelcomePage
{
  GtkWidget parent_instance;

  BijouContext *context;     /* (owned) */
  BijouServerSearch *search; /* (owned) */
  BijouWidthClass width_class;
  gboolean can_leave;

  /* Template */
  GtkWidget *back;
  AdwClamp *clamp;
  GtkStack *steps;
  GtkImage *icon;
  GtkBox *choices;
  GtkRevealer *nearby_revealer;
  GtkSpinner *nearby_spinner;
  GtkListBox *nearby;
  GtkWidget *enter_address;
};

G_DEFINE_FINAL_TYPE (BijouWelcomePage, bijou_welcome_page, GTK_TYPE_WIDGET)

typedef enum
{
  PROP_WIDTH_CLASS = 1,
} BijouWelcomePageProps;

static GParamSpec *properties[PROP_WIDTH_CLASS + 1];

enum
{
  SIGNED_IN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- steps --- */

static gboolean
is_at_choice (BijouWelcomePage *self)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->steps), "choice") == 0;
}

static void
update_step (BijouWelcomePage *self)
{
  gboolean choice = is_at_choice (self);

  gtk_widget_set_visible (self->back, !choice || self->can_leave);
  adw_clamp_set_maximum_size (self->clamp, choice ? CHOICE_WIDTH : STEP_WIDTH);
  adw_clamp_set_tightening_threshold (self->clamp, choice ? CHOICE_WIDTH : STEP_WIDTH);
}

static void
drop_step (BijouWelcomePage *self)
{
  GtkWidget *step = gtk_stack_get_child_by_name (self->steps, "step");

  if (step != NULL)
    gtk_stack_remove (self->steps, step);
}

static void
show_step (BijouWelcomePage *self, GtkWidget *step)
{
  drop_step (self);
  gtk_stack_add_named (self->steps, step, "step");
  gtk_stack_set_visible_child_name (self->steps, "step");
  update_step (self);
  gtk_widget_child_focus (step, GTK_DIR_TAB_FORWARD);
}

static void
on_signed_in_cb (GtkWidget *step, BijouWelcomePage *self)
{
  g_signal_emit (self, signals[SIGNED_IN], 0);
}

static void
show_account_step (BijouWelcomePage *self, const BijouBackendType *type, const char *account_id)
{
  BijouAccountStep *step = bijou_account_step_new (self->context, type, account_id);

  g_signal_connect_object (step, "signed-in", G_CALLBACK (on_signed_in_cb), self, 0);
  show_step (self, GTK_WIDGET (step));
}

static void
show_server_step (BijouWelcomePage *self, const BijouFoundServer *found)
{
  BijouServerStep *step = bijou_server_step_new (self->context, found);

  g_signal_connect_object (step, "signed-in", G_CALLBACK (on_signed_in_cb), self, 0);
  show_step (self, GTK_WIDGET (step));
}

static void
on_found_cb (BijouAddressStep *address, const BijouFoundServer *found, BijouWelcomePage *self)
{
  show_server_step (self, found);
}

static BijouAddressStep *
show_address_step (BijouWelcomePage *self)
{
  BijouAddressStep *step = bijou_address_step_new (self->context);

  g_signal_connect_object (step, "found", G_CALLBACK (on_found_cb), self, 0);
  show_step (self, GTK_WIDGET (step));
  return step;
}

static void
on_enter_address_cb (BijouWelcomePage *self)
{
  show_address_step (self);
}

static void
on_choice_clicked_cb (GtkButton *button, BijouWelcomePage *self)
{
  const BijouBackendType *type = g_object_get_data (G_OBJECT (button), "type");

  if (type->has_account)
    show_account_step (self, type, NULL);
  else
    show_address_step (self);
}

static char *
dup_url (BijouContext *context, BijouServer *server)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, server->id);
  char *url = backend != NULL
                  ? bijou_connection_dup_current_url (bijou_backend_get_connection (backend))
                  : NULL;

  if (url == NULL && server->addresses->len > 0)
    url = g_strdup (((BijouAddress *) server->addresses->pdata[0])->url);
  return url;
}

/**
 * bijou_welcome_page_sign_in_again:
 * @self: the page
 * @server: a server that is known
 *
 * Goes to the step that signs in to it: its account's, or its own with address and name filled in.
 */
void
bijou_welcome_page_sign_in_again (BijouWelcomePage *self, BijouServer *server)
{
  const BijouBackendType *type = bijou_backend_type_find (server->backend);
  g_autofree char *url = dup_url (self->context, server);
  BijouFoundServer found = {
    .type = type,
    .url = url,
    .id = server->id,
    .name = server->name,
    .version = server->version,
    .latency_ms = -1,
  };

  if (type != NULL && server->account_id != NULL)
    show_account_step (self, type, server->account_id);
  else if (type != NULL && url != NULL)
    show_server_step (self, &found);
}

/**
 * bijou_welcome_page_sign_in_to_account:
 * @self: the page
 * @account: an account that is known
 *
 * Goes to the step that signs in to it.
 */
void
bijou_welcome_page_sign_in_to_account (BijouWelcomePage *self, const BijouAccount *account)
{
  const BijouBackendType *type = bijou_backend_type_find (account->backend);

  if (type != NULL)
    show_account_step (self, type, account->id);
}

/**
 * bijou_welcome_page_go_back:
 * @self: the page
 *
 * Returns: whether there was a step to go back from
 */
gboolean
bijou_welcome_page_go_back (BijouWelcomePage *self)
{
  if (is_at_choice (self))
    return FALSE;
  gtk_stack_set_visible_child_name (self->steps, "choice");
  drop_step (self);
  update_step (self);
  return TRUE;
}

static void
on_back_clicked_cb (GtkButton *button, BijouWelcomePage *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

/* --- the two choices --- */

static GtkWidget *
make_choice_text (const char *title, const char *subtitle)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *heading = gtk_label_new (title);
  GtkWidget *caption = gtk_label_new (subtitle);

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_label_set_wrap (GTK_LABEL (caption), TRUE);
  gtk_widget_add_css_class (heading, "title-4");
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), caption);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

static void
append_choice (BijouWelcomePage *self, const BijouBackendType *type)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 16);
  GtkWidget *icon = gtk_image_new_from_icon_name (type->has_account ? "bijou-film-symbolic"
                                                                    : "network-server-symbolic");
  g_autofree char *title =
      g_strdup_printf (type->has_account ? _ ("%s Account") : _ ("%s Server"), type->title);

  gtk_image_set_pixel_size (GTK_IMAGE (icon), 32);
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box),
                  make_choice_text (title, type->has_account ? _ ("Sign in through your browser")
                                                             : _ ("Password or Quick Connect")));
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "card");
  gtk_widget_add_css_class (button, "bijou-choice");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  g_object_set_data (G_OBJECT (button), "type", (gpointer) type);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choice_clicked_cb), self, 0);
  gtk_box_append (self->choices, button);
}

/* --- servers nearby --- */

/* Who has an account signs in there and gets all its servers, with addresses that are certified. */
static void
on_connect_cb (BijouNearbyRow *row, BijouWelcomePage *self)
{
  const BijouDiscovered *discovered = bijou_nearby_row_get_discovered (row);
  const BijouBackendType *type = bijou_backend_type_find (discovered->backend);

  if (type->has_account)
    show_account_step (self, type, NULL);
  else
    bijou_address_step_try (show_address_step (self), discovered->urls);
}

static BijouNearbyRow *
find_nearby (BijouWelcomePage *self, const BijouDiscovered *discovered)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->nearby));

  for (; row != NULL; row = gtk_widget_get_next_sibling (row))
    if (bijou_nearby_row_is_for (BIJOU_NEARBY_ROW (row), discovered))
      return BIJOU_NEARBY_ROW (row);
  return NULL;
}

static void
on_nearby_found_cb (BijouServerSearch *search,
                    const BijouDiscovered *discovered,
                    BijouWelcomePage *self)
{
  BijouNearbyRow *row = find_nearby (self, discovered);

  if (row != NULL)
    {
      bijou_nearby_row_set_discovered (row, discovered);
      return;
    }
  row = bijou_nearby_row_new (discovered);
  g_signal_connect_object (row, "connect", G_CALLBACK (on_connect_cb), self, 0);
  gtk_list_box_append (self->nearby, GTK_WIDGET (row));
  gtk_revealer_set_reveal_child (self->nearby_revealer, TRUE);
}

static void
on_search_ended_cb (BijouServerSearch *search, BijouWelcomePage *self)
{
  gtk_spinner_set_spinning (self->nearby_spinner, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->nearby_spinner), FALSE);
}

/* The shadow of the list lies outside of what a revealer shows while it moves. */
static void
on_revealed_cb (GtkWidget *revealer, GParamSpec *pspec, BijouWelcomePage *self)
{
  gtk_widget_set_overflow (revealer, GTK_OVERFLOW_VISIBLE);
}

/* Quietly: the spinner is seen only beside what was found. */
static void
search_nearby (BijouWelcomePage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  bijou_server_search_start (self->search);
  gtk_widget_set_visible (GTK_WIDGET (self->nearby_spinner), TRUE);
  gtk_spinner_set_spinning (self->nearby_spinner, TRUE);
}

static void
on_network_changed_cb (GNetworkMonitor *monitor, gboolean available, BijouWelcomePage *self)
{
  search_nearby (self);
}

static void
create_search (BijouWelcomePage *self)
{
  self->search = bijou_server_search_new (self->context);
  g_signal_connect_object (self->search, "found", G_CALLBACK (on_nearby_found_cb), self, 0);
  g_signal_connect_object (self->search, "ended", G_CALLBACK (on_search_ended_cb), self, 0);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (on_network_changed_cb), self, 0);
  g_signal_connect_object (self->nearby_revealer, "notify::child-revealed",
                           G_CALLBACK (on_revealed_cb), self, 0);
  g_signal_connect_object (self, "map", G_CALLBACK (search_nearby), self, G_CONNECT_SWAPPED);
}

/* --- GObject --- */

static void
set_width_class (BijouWelcomePage *self, BijouWidthClass width_class)
{
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;

  self->width_class = width_class;
  gtk_image_set_pixel_size (self->icon, narrow ? 96 : 128);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->choices),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_homogeneous (self->choices, !narrow);
}

static void
bijou_welcome_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch ((BijouWelcomePageProps) id)
    {
    case PROP_WIDTH_CLASS:
      set_width_class (BIJOU_WELCOME_PAGE (object), g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bijou_welcome_page_dispose (GObject *object)
{
  BijouWelcomePage *self = BIJOU_WELCOME_PAGE (object);
  GtkWidget *child;

  g_clear_object (&self->search);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_welcome_page_parent_class)->dispose (object);
}

static void
bijou_welcome_page_class_init (BijouWelcomePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = bijou_welcome_page_set_property;
  object_class->dispose = bijou_welcome_page_dispose;
  properties[PROP_WIDTH_CLASS] =
      g_param_spec_enum ("width-class", NULL, NULL, BIJOU_TYPE_WIDTH_CLASS, BIJOU_WIDTH_NORMAL,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
  signals[SIGNED_IN] = g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/sign-in/bijou-welcome-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, back);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, clamp);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, steps);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, icon);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, choices);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, nearby_revealer);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, nearby_spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, nearby);
  gtk_widget_class_bind_template_child (widget_class, BijouWelcomePage, enter_address);
}

static void
bijou_welcome_page_init (BijouWelcomePage *self)
{
  guint n_types = 0;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < n_types; i++)
    append_choice (self, types[i]);
  g_signal_connect_object (self->back, "clicked", G_CALLBACK (on_back_clicked_cb), self, 0);
  g_signal_connect_object (self->enter_address, "clicked", G_CALLBACK (on_enter_address_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * bijou_welcome_page_new:
 * @context: the context
 * @can_leave: whether there is a window to go back to
 *
 * Returns: (transfer floating): the page
 */
BijouWelcomePage *
bijou_welcome_page_new (BijouContext *context, gboolean can_leave)
{
  BijouWelcomePage *self = g_object_new (BIJOU_TYPE_WELCOME_PAGE, NULL);

  self->context = g_object_ref (context);
  self->can_leave = can_leave;
  create_search (self);
  update_step (self);
  return self;
}
