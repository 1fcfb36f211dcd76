// Chats that shops already have on their page. Each takes the packet of a hand-off, passes on what
// an agent needs to know and opens its own window; we then hold no contact of the customer.

const titlesOf = ({ tried = [] }) => {
  const titles = new Set();
  for (const { shown = [] } of tried) for (const { title } of shown) titles.add(title);
  return [...titles].join("; ");
};

const CHATS = {
  chatwoot: () => window.$chatwoot && ((packet) => {
    window.$chatwoot.setConversationCustomAttributes({
      kb_handoff_id: packet.id,
      kb_reason: packet.reason,
      kb_articles: titlesOf(packet),
      kb_message: packet.message,
    });
    window.$chatwoot.setLabel("kb-handoff");
    window.$chatwoot.toggle("open");
    return { handled: true };
  }),

  jivo: () => window.jivo_api && ((packet) => {
    window.jivo_api.setCustomData([
      { title: "Question", content: packet.message },
      { title: "Tried", content: titlesOf(packet), link: packet.record_url },
      { title: "Reason", content: packet.reason },
    ]);
    window.jivo_api.open();
    return { handled: true };
  }),

  zendesk: () => window.zE && ((packet) => {
    window.zE("messenger:set", "conversationTags", ["kb_handoff"]);
    window.zE("messenger", "open");
    return { handled: true };
  }),
};

/** What takes a packet by `data-handoff`; null when that chat is not on the page. */
export function chatOf({ widget, emit }) {
  const { handoff } = widget.options;
  if (handoff === "event") {
    return (packet) => {
      emit("handoff", packet);
      return { handled: true };
    };
  }
  return Object.hasOwn(CHATS, handoff ?? "") ? CHATS[handoff]() || null : null;
}
