// From a tree of elements to sessions, in one walk, for the peers that make a tree. How a tree is looked at is handed in.

import * as shape from './shape.mjs';

/** `children`, `name`, `attribute` and `text` of a node; what has no name of interest is passed over. */
export function walker({ children, name, attribute, text }) {
  function party(node) {
    return shape.party(attribute(node, 'type'), attribute(node, 'gsnumber'), text(node));
  }

  function file(node) {
    let fileName, fileSize;
    for (const child of children(node)) {
      switch (name(child)) {
        case 'filename': fileName = text(child); break;
        case 'filesize': fileSize = text(child); break;
      }
    }
    return shape.file(fileName, fileSize);
  }

  function event(node) {
    const found = { timestamp: attribute(node, 'timestamp'), kind: attribute(node, 'event_type'), by: null, to: null, body: null, encodedBody: null, data: [], files: [], fileName: null, fileSize: null };
    for (const child of children(node)) {
      switch (name(child)) {
        case 'performed_by': found.by = party(child); break;
        case 'destination': found.to = party(child); break;
        case 'body': found.body = text(child); break;
        case 'encoded_body': found.encodedBody = text(child); break;
        case 'filename': found.fileName = text(child); break;
        case 'filesize': found.fileSize = text(child); break;
        case 'data':
          for (const value of children(child)) if (name(value) === 'value') found.data.push(shape.value(attribute(value, 'name'), attribute(value, 'value')));
          break;
        case 'files':
          for (const inner of children(child)) if (name(inner) === 'file') found.files.push(file(inner));
          break;
      }
    }
    return shape.event(found);
  }

  function customer(node) {
    const found = { gsnumber: attribute(node, 'gsnumber') };
    for (const child of children(node)) {
      switch (name(child)) {
        case 'username': found.username = text(child); break;
        case 'hostname': found.hostname = text(child); break;
        case 'os': found.os = text(child); break;
        case 'public_ip': found.publicIp = text(child); break;
        case 'private_ip': found.privateIp = text(child); break;
        case 'info':
          for (const told of children(child)) {
            switch (name(told)) {
              case 'name': found.name = text(told); break;
              case 'company': found.company = text(told); break;
            }
          }
          break;
      }
    }
    return shape.customer(found);
  }

  function representative(node) {
    const found = { gsnumber: attribute(node, 'gsnumber'), id: attribute(node, 'id') };
    for (const child of children(node)) {
      switch (name(child)) {
        case 'username': found.username = text(child); break;
        case 'display_name': found.display = text(child); break;
        case 'public_display_name': found.public = text(child); break;
        case 'private_display_name': found.private = text(child); break;
        case 'session_owner': found.owner = text(child); break;
        case 'seconds_involved': found.secondsInvolved = text(child); break;
        case 'invited': found.invited = text(child); break;
      }
    }
    return shape.representative(found);
  }

  function session(node) {
    const found = { lsid: attribute(node, 'lsid'), customers: [], representatives: [], teams: [], attributes: [], events: [] };
    for (const child of children(node)) {
      switch (name(child)) {
        case 'start_time': found.start = attribute(child, 'timestamp'); break;
        case 'end_time': found.end = attribute(child, 'timestamp'); break;
        case 'duration': found.duration = text(child); break;
        case 'external_key': found.externalKey = text(child); break;
        case 'public_site': found.publicSite = text(child); break;
        case 'session_chat_view_url': found.chatUrl = text(child); break;
        case 'session_recording_view_url': found.recordingUrl = text(child); break;
        case 'primary_customer': found.primaryCustomer = text(child); break;
        case 'primary_rep': found.primaryRepresentative = attribute(child, 'gsnumber'); break;
        case 'team_list':
          for (const team of children(child)) if (name(team) === 'team') found.teams.push(text(team));
          break;
        case 'custom_attributes':
          for (const custom of children(child)) {
            const value = name(custom) === 'custom_attribute' && text(custom);
            if (value) found.attributes.push(shape.attribute(attribute(custom, 'code_name'), value));
          }
          break;
        case 'customer_list':
          for (const inner of children(child)) if (name(inner) === 'customer') found.customers.push(customer(inner));
          break;
        case 'rep_list':
          for (const inner of children(child)) if (name(inner) === 'representative') found.representatives.push(representative(inner));
          break;
        case 'session_details':
          for (const inner of children(child)) if (name(inner) === 'event') found.events.push(event(inner));
          break;
      }
    }
    return shape.session(found);
  }

  return (list) => {
    const sessions = [];
    for (const child of children(list)) if (name(child) === 'session') sessions.push(session(child));
    return sessions;
  };
}
